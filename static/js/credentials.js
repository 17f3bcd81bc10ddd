/* Pictures of a certificate: larger, smaller, turned. In the queue every decision has a key. */
(function () {
  "use strict";

  const viewer = document.querySelector("[data-viewer]");
  const steps = [100, 150, 200, 300, 400];
  let size = 0;

  function show(act) {
    if (!viewer) { return; }
    if (act === "in") { size = Math.min(size + 1, steps.length - 1); }
    if (act === "out") { size = Math.max(size - 1, 0); }
    if (act === "fit") { size = 0; }
    viewer.querySelectorAll("img").forEach((image) => {
      if (act === "turn") { image.dataset.turn = String((Number(image.dataset.turn) + 90) % 360); }
      if (act === "fit") { image.dataset.turn = "0"; }
      image.dataset.size = String(steps[size]);
    });
  }

  if (viewer) {
    viewer.querySelector("[data-viewer-tools]").hidden = false;
    viewer.addEventListener("click", (event) => {
      const button = event.target.closest("[data-view]");
      if (button) { show(button.dataset.view); }
    });
  }

  const verify = document.querySelector("form[data-decide=verify]");
  const skip = document.querySelector("a[data-decide=skip]");
  if (!verify) { return; }
  const keys = {
    v: () => verify.requestSubmit(),
    b: () => document.querySelector("[data-decide=reason]").focus(),
    e: () => verify.elements.evidence.focus(),
    g: () => { const link = document.querySelector("a[rel~=external]"); if (link) { link.click(); } },
    n: () => { if (skip) { skip.click(); } },
    t: () => show("turn"),
    "+": () => show("in"),
    "=": () => show("in"),
    "-": () => show("out"),
    0: () => show("fit"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) { return; }
    if (event.target.matches("input, textarea, select")) {
      if (event.key === "Escape") { event.target.blur(); }
      return;
    }
    const act = keys[event.key.toLowerCase()];
    if (act && !event.repeat) {
      event.preventDefault();
      act();
    }
  });
})();
