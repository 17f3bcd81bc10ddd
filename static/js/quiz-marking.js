/* Marks short answers by the keyboard: Enter goes on, F enters full marks, Ctrl+Enter saves. */
(function () {
  "use strict";

  const form = document.getElementById("marking");
  if (!form) { return; }
  const fields = Array.from(form.querySelectorAll("input.qz-marks"));

  function goOn(input) {
    const next = fields[fields.indexOf(input) + 1];
    if (next) {
      next.focus();
      next.select();
      next.closest(".qz-mark").scrollIntoView({ block: "center" });
    } else {
      form.querySelector("[type=submit]").focus();
    }
  }

  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.isComposing || !input.matches("input")) { return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Enter") {
      event.preventDefault();
      goOn(input.closest(".qz-mark").querySelector("input.qz-marks"));
    } else if (input.matches(".qz-marks") && event.key.toLowerCase() === "f" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.value = input.dataset.most;
      goOn(input);
    }
  });
  fields[0].focus({ preventScroll: true });
})();
