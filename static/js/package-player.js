/* Plays a package: opens it in a frame of the packages' own host, takes what it saves by message, and keeps it on the server.
   The frame is a stranger: a message counts only from its origin and window, and is nothing but data to be checked there. */
(function () {
  "use strict";

  const box = document.querySelector("[data-package]");
  if (!box) { return; }
  const facts = box.dataset;
  const texts = JSON.parse(facts.texts);
  const token = (document.querySelector("meta[name=csrf-token]") || {}).content;
  const stage = box.querySelector("[data-package-stage]");
  const told = box.querySelector("[data-package-told]");
  const again = box.querySelector("[data-package-again]");
  const next = box.querySelector("[data-package-next]");
  const previous = box.querySelector("[data-package-previous]");
  const whole = box.querySelector("[data-package-whole]");
  const RETRY = 5000;
  const PATIENCE = 3000; // how long leaving a part waits for its last words

  let run = null; // the part that is open
  let sending = null;
  let finished = false;

  function say(text, bad) {
    told.textContent = text || "";
    told.classList.toggle("xy-package-bad", Boolean(bad));
  }

  /* ---- what could not be sent is kept on this device, under the learner's own enrolment ------------------- */

  function place(item) { return `xinyu-package:${facts.enrolment}:${facts.lesson}:${item}`; }

  function keep(item, report) {
    try {
      if (report) { window.localStorage.setItem(place(item), JSON.stringify(report)); }
      else { window.localStorage.removeItem(place(item)); }
    } catch (error) { /* a browser that keeps nothing: what is open still holds it */ }
  }

  function kept(item) {
    try { return JSON.parse(window.localStorage.getItem(place(item)) || "null"); } catch (error) { return null; }
  }

  /* ---- saving: one at a time, the newest of each part ------------------------------------------------------- */

  function post(report, last) {
    return fetch(facts.save, {
      method: "POST",
      credentials: "same-origin",
      keepalive: Boolean(last),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, "HX-Request": "true" },
      body: JSON.stringify(report),
    });
  }

  // Resolves to "saved", "refused" or "later".
  async function send(report) {
    let answer;
    try { answer = await post(report); } catch (error) { say(texts.kept, true); return "later"; }
    if (answer.status === 401 || answer.status === 400) { say(texts.signed_out, true); return "later"; }
    if (answer.status >= 500 || answer.status === 429) { say(texts.kept, true); return "later"; }
    let body = {};
    try { body = await answer.json(); } catch (error) { say(texts.kept, true); return "later"; }
    if (!answer.ok) {
      say(body.message, true);
      if (body.code === "package_elsewhere") { stop(); }
      return "refused";
    }
    document.dispatchEvent(new CustomEvent("xinyu:heard"));
    mark(body);
    return "saved";
  }

  function save(part) {
    if (sending || !part.unsent) { return sending || Promise.resolve(); }
    const report = part.unsent;
    sending = send(report).then((outcome) => {
      sending = null;
      if (outcome === "later") {
        keep(report.item, part.unsent);
        window.setTimeout(() => save(part), RETRY);
        return undefined;
      }
      keep(report.item, null);
      if (part.unsent === report) { part.unsent = null; }
      return outcome === "saved" ? save(part) : undefined;
    });
    return sending;
  }

  function take(message) {
    if (!run.saves) { return; }
    run.sequence += 1;
    run.unsent = {
      item: run.item, run: run.name, sequence: run.sequence, seen: run.seen, elements: message.elements, ended: message.ended === true,
    };
    save(run);
  }

  function mark(body) {
    const row = [...box.querySelectorAll("[data-part]")].find((one) => one.dataset.part === body.item);
    const state = row && row.querySelector("[data-part-state]");
    if (state) { state.textContent = body.word; }
    say(body.course_done ? texts.course_done : body.lesson_done ? texts.lesson_done : texts.saved);
    if (body.lesson_done && !finished) {
      finished = true;
      document.dispatchEvent(new CustomEvent("xinyu:lesson-done"));
    }
  }

  /* ---- opening and closing a part --------------------------------------------------------------------------- */

  function stop() {
    if (run && run.frame) { run.frame.remove(); }
    run = null;
    again.hidden = false;
    showSteps();
  }

  async function launch(item) {
    say(texts.opening);
    again.hidden = true;
    const old = item && facts.enrolment && kept(item);
    if (old && await send(old) !== "later") { keep(item, null); }
    let answer;
    let body;
    try {
      answer = await fetch(`${facts.launch}?item=${encodeURIComponent(item || "")}`, {
        credentials: "same-origin", headers: { "HX-Request": "true" },
      });
      body = await answer.json();
    } catch (error) { say(texts.unreachable, true); again.hidden = false; return; }
    if (!answer.ok) { say(body.message || texts.unreachable, true); again.hidden = false; return; }
    if (!item && facts.enrolment && kept(body.item)) { launch(body.item); return; }
    start(body);
  }

  function start(body) {
    const frame = document.createElement("iframe");
    frame.title = body.order.title;
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-forms allow-modals allow-popups allow-downloads");
    frame.allow = "fullscreen; autoplay";
    frame.referrerPolicy = "no-referrer";
    run = {
      frame, item: body.item, order: body.order, origin: body.origin, seen: body.seen, saves: body.saves,
      name: [...window.crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
      sequence: 0, unsent: null, closed: null,
    };
    box.querySelectorAll("[data-part]").forEach((row) => {
      if (row.dataset.part === body.item) { row.setAttribute("aria-current", "true"); } else { row.removeAttribute("aria-current"); }
    });
    frame.src = body.frame;
    stage.replaceChildren(frame);
    if (document.activeElement === document.body) { frame.focus(); } // the button that was pressed is gone
    showSteps();
    if (whole) { whole.hidden = !document.fullscreenEnabled; }
    say(body.saves ? "" : texts.unsaved);
  }

  // Close the part, wait for what it says at its end, and save it.
  function leave() {
    const part = run;
    if (!part) { return Promise.resolve(); }
    [previous, next, again].forEach((button) => { button.hidden = true; }); // one step at a time
    const closed = new Promise((resolve) => { part.closed = resolve; });
    part.frame.contentWindow.postMessage({ xinyu: "close" }, part.origin);
    const late = new Promise((resolve) => { window.setTimeout(resolve, PATIENCE); });
    return Promise.race([closed.then(() => save(part)), late]).then(() => {
      if (run === part) { part.frame.remove(); run = null; }
    });
  }

  // Parts stand in the order of the package; where one is, both ways are open.
  function showSteps() {
    [[previous, -1], [next, 1]].forEach(([button, step]) => { button.hidden = !run || !neighbour(step); });
  }

  function neighbour(step) {
    const rows = [...box.querySelectorAll("[data-part]")].map((row) => row.dataset.part);
    return rows[rows.indexOf(run.item) + step];
  }

  // The package has ended by itself; a 2004 one may say where it wants to go.
  function end(wish) {
    const target = /^\{target=([^}]*)\}(choice|jump)$/.exec(wish || "");
    const wanted = target ? target[1] : wish === "continue" ? neighbour(1) : wish === "previous" ? neighbour(-1) : "";
    const known = [...box.querySelectorAll("[data-part]")].some((row) => row.dataset.part === wanted);
    if (known) { leave().then(() => launch(wanted)); return; }
    again.hidden = false;
  }

  window.addEventListener("message", (event) => {
    if (!run || event.source !== run.frame.contentWindow || event.origin !== run.origin) { return; }
    const message = event.data || {};
    if (message.xinyu === "ready") { run.frame.contentWindow.postMessage({ xinyu: "open", order: run.order }, run.origin); }
    if (message.xinyu === "state") {
      take(message);
      if (message.ended && !run.closed) { end(message.wish); }
    }
    if (message.xinyu === "reading") { document.dispatchEvent(new CustomEvent("xinyu:reading")); }
    if (message.xinyu === "closed" && run.closed) { run.closed(); }
  });

  /* ---- the page around -------------------------------------------------------------------------------------- */

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || !run || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) { return; }
    if (link.target || link.hasAttribute("download") || link.getAttribute("href").startsWith("#")) { return; }
    event.preventDefault();
    const row = link.closest("[data-part]");
    leave().then(() => { if (row) { launch(row.dataset.part); } else { window.location.assign(link.href); } });
  });
  again.addEventListener("click", () => { const item = run ? run.item : facts.item; leave().then(() => launch(item)); });
  [[previous, -1], [next, 1]].forEach(([button, step]) => {
    button.addEventListener("click", () => {
      const item = run && neighbour(step);
      if (item) { leave().then(() => launch(item)); }
    });
  });
  if (whole) { whole.addEventListener("click", () => stage.requestFullscreen()); }
  window.addEventListener("pagehide", () => {
    if (run && run.unsent) { keep(run.item, run.unsent); post(run.unsent, true).catch(() => {}); }
  });
  window.addEventListener("online", () => { if (run) { save(run); } });

  launch(facts.item);
}());
