/* The sheet of a certificate template: each element a box to drag, or to move with the arrow keys. The numbers of the
   form are the truth; a box only writes into them, and the picture below comes from the server after a pause. */
(function () {
  "use strict";

  const sheet = document.querySelector("[data-sheet]");
  const form = document.getElementById("design");
  if (!sheet || !form) { return; }

  const SIDES = { landscape: [297, 210], portrait: [210, 297] };
  const POINT = 0.3528; // mm
  const SNAP = 0.5; // mm
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const layer = document.createElement("div");
  layer.className = "xy-boxes";
  sheet.append(layer);
  document.querySelector("[data-keys]").hidden = false;
  document.querySelector("[data-plain]").hidden = true; // the picture follows by itself
  let parts = [];
  let drag = null;

  function item(name) { return form.elements.namedItem(name); }
  function value(control) { const found = Number(control.value); return Number.isFinite(found) ? found : 0; }
  function page() { return SIDES[item("orientation").value] || SIDES.landscape; }
  function within(least, number, most) { return Math.max(least, Math.min(number, Math.max(most, least))); }

  /* ---- what there is ---------------------------------------------------------------------------------------- */

  function read() {
    const texts = Array.from(form.querySelectorAll("[data-part^='text-']")).map((details) => {
      const index = details.dataset.part.slice(5);
      const of = (name) => item("texts-" + index + "-" + name);
      return {
        key: details.dataset.part, details, name: sheet.dataset.text + " " + (Number(index) + 1),
        x: of("x"), y: of("y"), width: of("width"), height: of("height"), size: of("size"), leading: of("leading"),
        words: of("text"), colour: of("colour"), align: of("align"),
      };
    });
    const squares = ["seal", "qr"].map((key) => ({
      key, details: document.getElementById("part-" + key), name: sheet.dataset[key],
      x: item(key + "_x"), y: item(key + "_y"), side: item(key + "_size"),
    })).filter((part) => part.key !== "seal" || item("has_seal").checked);
    return texts.concat(squares);
  }

  function extent(part) {
    if (part.side) { return [value(part.side), value(part.side)]; }
    const width = value(part.width);
    if (value(part.height) > 0) { return [width, value(part.height)]; }
    const type = value(part.size) * POINT;
    const lines = part.words.value.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length * type / Math.max(width, 1))), 0);
    return [width, Math.max(type * (1 + (lines - 1) * value(part.leading)), 4)];
  }

  /* ---- boxes -------------------------------------------------------------------------------------------------- */

  function build() {
    const chosen = (layer.querySelector(".xy-chosen") || { dataset: {} }).dataset.key;
    layer.replaceChildren();
    parts = read();
    parts.forEach((part) => {
      const box = document.createElement("button");
      const words = document.createElement("span");
      const handle = document.createElement("i");
      box.type = "button";
      box.className = "xy-box";
      box.dataset.key = part.key;
      words.className = "xy-box-words";
      handle.className = "xy-box-handle";
      box.append(words, handle);
      layer.append(box);
      part.box = box;
    });
    place();
    choose(chosen);
    tell();
  }

  function place() {
    const [wide, high] = page();
    sheet.style.aspectRatio = wide + " / " + high;
    sheet.classList.toggle("xy-sheet-portrait", high > wide);
    const scale = sheet.clientWidth / wide;
    parts.forEach((part) => {
      const [width, height] = extent(part);
      const style = part.box.style;
      style.left = 100 * value(part.x) / wide + "%";
      style.top = 100 * value(part.y) / high + "%";
      style.width = 100 * width / wide + "%";
      style.height = 100 * height / high + "%";
      const shown = part.words ? part.words.value : part.name;
      part.box.setAttribute("aria-label", part.name + ": " + (part.words ? shown.slice(0, 40) + " " : "") + part.x.value + ", " + part.y.value + " mm");
      const words = part.box.firstChild;
      words.textContent = shown;
      if (part.words) {
        words.style.fontSize = value(part.size) * POINT * scale + "px";
        words.style.lineHeight = String(value(part.leading) || 1);
        words.style.color = part.colour.value;
        words.style.textAlign = part.align.value;
        part.details.querySelector("[data-words]").textContent = shown.slice(0, 40);
      }
    });
  }

  function choose(key) {
    parts.forEach((part) => part.box.classList.toggle("xy-chosen", part.key === key));
  }

  function partOf(node) {
    const box = node.closest && node.closest(".xy-box");
    return box ? parts.find((part) => part.box === box) : undefined;
  }

  function write(part, x, y) {
    const [wide, high] = page();
    const [width, height] = extent(part);
    const round = (number) => String(Number(number.toFixed(2)));
    part.x.value = round(within(0, x, wide - width));
    part.y.value = round(within(0, y, high - height));
    part.box.classList.add("xy-moved");
    place();
  }

  function resize(part, size) {
    const [wide] = page();
    const control = part.side || part.width;
    control.value = String(Number(within(5, size, wide - value(part.x)).toFixed(2)));
    part.box.classList.add("xy-moved");
    place();
  }

  /* After a change by box the form is told as if somebody had typed: unsaved text is guarded, the picture asked for. */
  function changed(part) {
    part.x.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* ---- mouse, finger, keys ------------------------------------------------------------------------------------ */

  layer.addEventListener("pointerdown", (event) => {
    const part = partOf(event.target);
    if (!part || event.button !== 0) { return; }
    const finger = event.pointerType === "touch";
    if (finger && !part.box.classList.contains("xy-chosen")) { return; } // the first tap chooses: one can scroll past
    choose(part.key);
    part.box.setPointerCapture(event.pointerId);
    drag = {
      part, from: [event.clientX, event.clientY], at: [value(part.x), value(part.y)], size: value(part.side || part.width),
      sizing: event.target.classList.contains("xy-box-handle"), moved: false,
    };
  });

  layer.addEventListener("pointermove", (event) => {
    if (!drag) { return; }
    const scale = page()[0] / sheet.clientWidth;
    const right = (event.clientX - drag.from[0]) * scale;
    const down = (event.clientY - drag.from[1]) * scale;
    if (!drag.moved && Math.hypot(right, down) < 1) { return; }
    drag.moved = true;
    const snap = (number) => Math.round(number / SNAP) * SNAP;
    if (drag.sizing) { resize(drag.part, snap(drag.size + right)); }
    else { write(drag.part, snap(drag.at[0] + right), snap(drag.at[1] + down)); }
  });

  function drop() {
    if (drag && drag.moved) { changed(drag.part); }
    drag = null;
  }
  sheet.addEventListener("dragstart", (event) => event.preventDefault()); // the browser's own dragging ends ours
  layer.addEventListener("pointerup", drop);
  layer.addEventListener("pointercancel", drop);

  layer.addEventListener("click", (event) => {
    const part = partOf(event.target);
    if (!part) { return; }
    choose(part.key);
    part.details.open = true;
  });

  layer.addEventListener("keydown", (event) => {
    const part = partOf(event.target);
    if (!part || event.ctrlKey || event.metaKey || event.altKey) { return; }
    const arrow = ARROWS[event.key];
    if (arrow) {
      event.preventDefault();
      const step = event.shiftKey ? 10 : 1;
      choose(part.key);
      write(part, value(part.x) + arrow[0] * step, value(part.y) + arrow[1] * step);
      changed(part);
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(part.key);
      part.details.open = true;
      (part.words || part.x).focus();
    } else if (event.key === "Delete") {
      const remove = part.details.querySelector("[data-remove]");
      if (remove) { event.preventDefault(); remove.click(); }
    }
  });

  /* ---- the form ----------------------------------------------------------------------------------------------- */

  form.addEventListener("input", (event) => {
    if (event.target.name === "has_seal") { build(); } else { place(); }
  });
  form.addEventListener("change", (event) => {
    if (event.target.tagName === "SELECT") { place(); }
  });
  form.addEventListener("focusin", (event) => {
    const details = event.target.closest("[data-part]");
    if (details) { choose(details.dataset.part); }
  });

  // A placeholder goes where one is writing.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) { return; }
    event.preventDefault();
    const words = item("texts-" + button.dataset.insert + "-text");
    const word = "{" + item("insert-" + button.dataset.insert).value + "}";
    words.setRangeText(word, words.selectionStart, words.selectionEnd, "end");
    words.focus();
    words.dispatchEvent(new Event("input", { bubbles: true }));
  });

  /* ---- answers of the server ------------------------------------------------------------------------------------ */

  // What is wrong is said beside its element too.
  function tell() {
    form.querySelectorAll("[data-told]").forEach((old) => old.remove());
    parts.forEach((part) => part.box.classList.remove("xy-faulty"));
    document.querySelectorAll("#findings [data-finding]").forEach((line) => {
      const part = parts.find((one) => one.key === line.dataset.finding);
      if (!part) { return; }
      part.box.classList.add("xy-faulty");
      const told = document.createElement("p");
      told.className = "xy-error";
      told.dataset.told = "";
      told.textContent = line.textContent;
      part.details.querySelector("summary").append(told);
    });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("#findings a[href^='#']");
    const details = link && document.getElementById(link.hash.slice(1));
    if (details) { details.open = true; }
  });

  document.addEventListener("htmx:oobAfterSwap", () => {
    if (!drag) { parts.forEach((part) => part.box.classList.remove("xy-moved")); }
  });
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "findings") { tell(); } });
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt.id !== "design-texts") { return; }
    const before = parts.length;
    build();
    if (parts.length > before) {
      const texts = parts.filter((part) => part.words);
      const last = texts[texts.length - 1];
      last.details.open = true;
      choose(last.key);
    }
    form.dataset.changed = "1";
    form.dispatchEvent(new Event("look"));
  });

  new ResizeObserver(place).observe(sheet);
  build();
})();
