/* The order of lessons and sections: dragged by their dots (mouse, pen or finger), or moved with Alt and an arrow key. What is
   moved is sent at once; the buttons beside do the same without this script. */
(function () {
  "use strict";

  let dragged = null;
  let target = null; // {url, values}

  function show(root) {
    root.querySelectorAll("[data-grip], .ct-keys").forEach((item) => { item.hidden = false; });
  }
  show(document);
  document.addEventListener("htmx:load", (event) => show(event.detail.elt));

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) { return; }
    const row = event.target.closest("[data-lesson], [data-section]");
    if (!row) { return; }
    const button = row.querySelector("[data-step='" + (event.key === "ArrowUp" ? "-1" : "1") + "']");
    if (!button) { return; }
    event.preventDefault();
    button.focus(); // it has the focus again in the new outline
    button.click();
  });

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button > 0) { return; }
    event.preventDefault();
    dragged = grip.closest("[data-lesson], [data-section]");
    dragged.classList.add("ct-dragged");
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", drop);
    document.addEventListener("pointercancel", stop);
    document.addEventListener("keydown", escape);
  });

  function move(event) {
    clear();
    target = null;
    const edge = 60;
    if (event.clientY < edge) { window.scrollBy(0, -20); }
    if (event.clientY > window.innerHeight - edge) { window.scrollBy(0, 20); }
    const under = document.elementFromPoint(event.clientX, event.clientY);
    if (!under) { return; }
    target = dragged.dataset.lesson ? lessonTarget(under, event.clientY) : sectionTarget(under, event.clientY);
  }

  // Before the lesson under the pointer, or at the end of the section.
  function lessonTarget(under, y) {
    const section = under.closest("[data-section]");
    if (!section) { return null; }
    const list = section.querySelector("[data-lessons]");
    const rows = Array.from(list.querySelectorAll("[data-lesson]")).filter((row) => row !== dragged);
    const next = rows.find((row) => y < middle(row));
    if (next) { next.classList.add("ct-before"); } else { list.classList.add("ct-last"); }
    return { section: section.dataset.section, before: next ? next.dataset.lesson : "" };
  }

  function sectionTarget(under, y) {
    const outline = under.closest("#outline");
    if (!outline) { return null; }
    const rows = Array.from(outline.querySelectorAll("[data-section]")).filter((row) => row !== dragged);
    const next = rows.find((row) => y < middle(row));
    if (next) { next.classList.add("ct-before"); } else if (rows.length) { rows[rows.length - 1].classList.add("ct-after"); }
    return { before: next ? next.dataset.section : "" };
  }

  function middle(row) {
    const box = row.getBoundingClientRect();
    return box.top + box.height / 2;
  }

  function drop() {
    const row = dragged;
    const values = target;
    stop();
    if (row && values) {
      htmx.ajax("POST", row.dataset.place, { source: "#outline", target: "#outline", swap: "outerHTML", values: values });
    }
  }

  function escape(event) { if (event.key === "Escape") { stop(); } }

  function stop() {
    clear();
    if (dragged) { dragged.classList.remove("ct-dragged"); }
    dragged = null;
    target = null;
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", stop);
    document.removeEventListener("keydown", escape);
  }

  function clear() {
    document.querySelectorAll(".ct-before, .ct-after, .ct-last").forEach((item) => item.classList.remove("ct-before", "ct-after", "ct-last"));
  }
})();
