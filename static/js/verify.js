// On the pages of verification: keeps the offline page for later, takes a PDF that is dropped, and tells a teacher's link
// that somebody looks at it.
"use strict";

(function () {
  const worker = document.querySelector("[data-worker]");
  if (worker && "serviceWorker" in navigator) {
    navigator.serviceWorker.register(worker.dataset.worker).catch(() => undefined);
  }

  const shown = document.querySelector("[data-seen]");
  if (shown) {
    const tell = () => {
      if (document.visibilityState !== "visible") return;
      document.removeEventListener("visibilitychange", tell);
      navigator.sendBeacon(shown.dataset.seen);
    };
    document.addEventListener("visibilitychange", tell);
    tell();
  }

  const area = document.querySelector("[data-drop]");
  if (!area) return;
  const input = area.querySelector("input[type=file]");
  const lit = (on) => area.classList.toggle("ve-over", on);
  for (const name of ["dragenter", "dragover"]) {
    area.addEventListener(name, (event) => {
      event.preventDefault();
      lit(true);
    });
  }
  area.addEventListener("dragleave", () => lit(false));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    lit(false);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true })); // it is weighed there
    input.form.requestSubmit();
  });
})();
