/* Writing the log: an entry that is just being saved by itself is waited for before it is saved by hand. */
(function () {
  "use strict";

  const form = document.getElementById("entry-form");
  const state = document.getElementById("typed");
  if (!form || !state) { return; }
  let saving = false;
  let pressed = null;

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target === state) { saving = true; }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target !== state) { return; }
    saving = false;
    if (pressed) {
      const button = pressed;
      pressed = null;
      form.requestSubmit(button === form ? undefined : button);
    }
  });
  // Before xinyu.js marks the form as sent.
  form.addEventListener("submit", (event) => {
    if (!saving) { return; }
    event.preventDefault();
    event.stopPropagation();
    pressed = event.submitter || form;
  }, true);
})();
