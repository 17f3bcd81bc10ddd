/* Makes pages smoother; every one of them also works without it. No dependency but htmx, and that only where a page uses it. */
(function () {
  "use strict";

  const texts = (document.getElementById("xy-text") || { dataset: {} }).dataset;
  const token = (document.querySelector("meta[name=csrf-token]") || {}).content;

  let leaving = false; // a form or a link is on its way: no warning about unsaved text

  function each(selector, act, root) {
    (root || document).querySelectorAll(selector).forEach(act);
  }

  /* ---- htmx ---------------------------------------------------------------------------------------------- */

  if (window.htmx) {
    htmx.config.allowEval = false;
    htmx.config.allowScriptTags = false;
    htmx.config.includeIndicatorStyles = false;
    htmx.config.historyCacheSize = 0; // pages hold personal data: none of it in localStorage
    htmx.config.selfRequestsOnly = true;
  }

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = token;
  });

  // Validation errors (422) and conflicts (409) come as a fragment to show; other failures become an alert.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status === 422 || status === 409) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
    // A whole page instead of a fragment (after a sign-out, say) is opened, never squeezed into this one.
    if (status === 200 && /^\s*<!doctype/i.test(event.detail.xhr.responseText)) {
      event.detail.shouldSwap = false;
      leaving = true;
      window.location.assign(event.detail.xhr.responseURL);
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401) { alertBox(texts.signedOut); }
    else if (status === 429) { alertBox(texts.tooMany); }
    else { alertBox(texts.failed); }
  });
  document.addEventListener("htmx:sendError", () => alertBox(texts.offline));
  document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));

  function alertBox(message) {
    const place = document.getElementById("xy-alerts");
    if (!place || !message) { return; }
    each(".xy-note-script", (old) => old.remove(), place);
    const box = document.createElement("div");
    box.className = "xy-note xy-note-danger xy-note-script";
    box.setAttribute("role", "alert");
    box.textContent = message;
    place.append(box);
    box.scrollIntoView({ block: "nearest" });
  }

  /* ---- menus: one open at a time, closed by Escape and by a click elsewhere ------------------------------- */

  function closeMenus(except) {
    each("details.xy-menu[open]", (menu) => { if (menu !== except) { menu.open = false; } });
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.xy-menu")));
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches || !menu.matches("details.xy-menu")) { return; }
    if (menu.open) {
      closeMenus(menu);
      place(menu);
      const first = menu.querySelector("textarea, input:not([type=hidden])");
      if (first) { first.focus(); }
    }
  }, true);

  // A panel that would leave the window on the right opens to the left, and the other way round.
  function place(menu) {
    const panel = menu.querySelector(".xy-menu-panel");
    if (!panel || getComputedStyle(panel).position !== "absolute") { return; }
    panel.classList.remove("xy-flip-left", "xy-flip-right");
    const box = panel.getBoundingClientRect();
    if (box.left < 0) { panel.classList.add("xy-flip-right"); }
    else if (box.right > document.documentElement.clientWidth) { panel.classList.add("xy-flip-left"); }
  }

  /* ---- keyboard ------------------------------------------------------------------------------------------ */

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = event.target.closest && event.target.closest("details.xy-menu[open]");
      closeMenus();
      if (menu) { menu.querySelector("summary").focus(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (event.target.closest && event.target.closest("input, textarea, select, [contenteditable]")) { return; }
    if (event.key === "/") {
      const search = document.querySelector("[data-search]") || document.querySelector("input[type=search]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    } else if (event.key === "?") {
      const dialog = document.getElementById("xy-keys");
      if (dialog && dialog.showModal && !dialog.open) { dialog.showModal(); }
    }
  });

  /* ---- forms --------------------------------------------------------------------------------------------- */

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const method = (form.getAttribute("method") || "get").toLowerCase();
    if (event.defaultPrevented || method === "dialog") { return; }
    if (method === "get") { dropEmpty(form); return; }
    if (form.dataset.sent || form.querySelector("input[data-heavy]")) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    leaving = true;
    // After the browser has read the pressed button's value.
    setTimeout(() => busy(form, event.submitter, true), 0);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest && event.target.closest("form");
    if (form) { free(form); }
  });
  // Back to a page the browser kept: its forms may be sent again.
  window.addEventListener("pageshow", () => { leaving = false; each("form[data-sent]", free); });

  function busy(form, button, on) {
    form.setAttribute("aria-busy", String(on));
    const buttons = Array.from(form.elements).filter((item) => item.type === "submit");
    buttons.forEach((item) => { item.disabled = on; });
    if (button && on && button.classList.contains("btn")) {
      button.classList.add("xy-working");
      button.dataset.words = button.textContent.trim();
    }
  }
  function free(form) {
    delete form.dataset.sent;
    busy(form, null, false);
    each(".xy-working", (button) => button.classList.remove("xy-working"), form);
  }

  // A filter that says nothing stays out of the address.
  function dropEmpty(form) {
    const silent = Array.from(form.elements).filter((item) => item.name && item.value === "" && !item.disabled);
    silent.forEach((item) => { item.disabled = true; });
    setTimeout(() => silent.forEach((item) => { item.disabled = false; }), 0);
  }

  document.addEventListener("change", (event) => {
    const item = event.target;
    if (item.tagName === "SELECT" && item.form && item.form.hasAttribute("data-autosubmit")) { item.form.requestSubmit(); }
    if (item.dataset && item.dataset.selectAll) { selectAll(item); }
    if (item.type === "checkbox" && item.form && item.form.classList.contains("xy-bulk")) { countSelected(item.form); }
  });

  // A chosen file tells its size; one that is too large is refused before it travels.
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file][data-most]")) { weigh(event.target); }
  });
  function weigh(input) {
    const line = input.parentElement.querySelector("[data-weight]") || document.createElement("p");
    const sizes = Array.from(input.files).map((file) => file.size);
    const heavy = sizes.find((size) => size > Number(input.dataset.most));
    const words = (size) => (size < 104858 ? "< 0.1" : (size / 1048576).toFixed(1)) + " MB";
    line.dataset.weight = "";
    line.setAttribute("role", "status");
    line.className = heavy ? "xy-error" : "xy-help";
    input.toggleAttribute("data-heavy", Boolean(heavy));
    input.setAttribute("aria-invalid", String(Boolean(heavy)));
    input.after(line);
    line.textContent = heavy ? input.dataset.tooLarge.replace("{size}", words(heavy)) : sizes.map(words).join(", ");
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-guard")) { form.dataset.changed = "1"; }
    if (event.target.dataset.suggest) { suggest(event.target); }
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && document.querySelector("form[data-guard][data-changed]")) {
      event.preventDefault();
      event.returnValue = texts.unsaved || "";
    }
  });

  /* ---- unit picker: suggestions as one types -------------------------------------------------------------- */

  let typing = 0;
  function suggest(input) {
    clearTimeout(typing);
    const words = input.value.trim();
    if (!words) { return; }
    typing = setTimeout(() => {
      const address = new URL(input.dataset.suggest, window.location.href);
      address.searchParams.set("q", words);
      fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" })
        .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
        .then((html) => {
          const list = document.getElementById(input.getAttribute("list"));
          if (list && input.value.trim() === words) { list.innerHTML = html; }
        })
        .catch(() => { /* suggestions are a comfort: typing the code still works */ });
    }, 200);
  }

  /* ---- tables -------------------------------------------------------------------------------------------- */

  function rowsOf(formId) {
    return Array.from(document.querySelectorAll("tbody input[type=checkbox]")).filter((box) => box.getAttribute("form") === formId);
  }
  function selectAll(box) {
    rowsOf(box.dataset.selectAll).forEach((row) => { row.checked = box.checked; });
    const form = document.getElementById(box.dataset.selectAll);
    if (form) { countSelected(form); }
  }
  function countSelected(form) {
    const id = form.getAttribute("id"); // not form.id: that may be a field named "id"
    const rows = rowsOf(id);
    const chosen = rows.filter((row) => row.checked).length;
    const words = form.querySelector("[data-bulk-count]");
    words.dataset.words = words.dataset.words || words.textContent;
    words.textContent = chosen ? chosen + " " + texts.selected : words.dataset.words;
    form.classList.toggle("xy-bulk-active", chosen > 0);
    each("[data-select-all='" + id + "']", (all) => {
      all.checked = chosen > 0 && chosen === rows.length;
      all.indeterminate = chosen > 0 && chosen < rows.length;
    });
  }

  /* ---- buttons that need scripts --------------------------------------------------------------------------- */

  document.addEventListener("click", (event) => {
    const print = event.target.closest("[data-print]");
    if (print) { window.print(); return; }
    const copy = event.target.closest("[data-copy]");
    if (copy) { copyText(copy); return; }
    const eye = event.target.closest("[data-show-password]");
    if (eye) {
      const input = document.getElementById(eye.dataset.showPassword);
      const shown = input.type === "password";
      input.type = shown ? "text" : "password";
      eye.setAttribute("aria-pressed", String(shown));
    }
  });

  function copyText(button) {
    const done = () => {
      const words = button.querySelector("span");
      const before = words.textContent;
      words.textContent = texts.copied;
      setTimeout(() => { words.textContent = before; }, 2000);
    };
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(button.dataset.copy).then(done);
      return;
    }
    const area = document.createElement("textarea");
    area.value = button.dataset.copy;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    if (document.execCommand("copy")) { done(); }
    area.remove();
  }

  function enhance(root) {
    each("[data-print], [data-copy], [data-show-password], [data-select-all]", (item) => { item.hidden = false; }, root);
    each("[data-focus]", (item) => item.focus({ preventScroll: false }), root);
  }

  // On a narrow screen the part that is open may lie outside the row of tabs: bring it to the middle.
  function showOpenTab(tabs) {
    const open = tabs.querySelector("[aria-current]");
    if (!open || tabs.scrollWidth <= tabs.clientWidth) { return; }
    const offset = open.getBoundingClientRect().left - tabs.getBoundingClientRect().left;
    tabs.scrollLeft += offset - (tabs.clientWidth - open.offsetWidth) / 2;
  }

  document.documentElement.classList.add("xy-js");
  each(".xy-tabs", showOpenTab);
  enhance(document);
  each("form.xy-bulk", countSelected);
})();
