/* The register, the screen with the code, and the phone that says where it is. All of it also works without, but for the place. */
(function () {
  "use strict";

  /* ---- the big screen --------------------------------------------------------------------------------------- */

  document.querySelectorAll("[data-fullscreen]").forEach((button) => {
    const target = document.getElementById(button.dataset.fullscreen);
    if (!target || !target.requestFullscreen) { return; }
    button.hidden = false;
    button.addEventListener("click", () => target.requestFullscreen());
  });

  /* ---- how many lines are recorded -------------------------------------------------------------------------- */

  document.querySelectorAll("[data-counts]").forEach((place) => {
    const form = place.closest("form");
    const total = form.querySelectorAll("fieldset").length;
    function count() {
      const chosen = form.querySelectorAll('input[type="radio"]:checked:not([value=""])').length;
      place.textContent = place.dataset.words.replace("{n}", chosen).replace("{m}", total);
    }
    form.addEventListener("change", count);
    count();
  });

  /* ---- the place: asked when the button is pressed, sent with the form ---------------------------------------- */

  document.querySelectorAll("form[data-position]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.asked || !navigator.geolocation) { return; }
      event.preventDefault();
      form.dataset.asked = "yes";
      const button = form.querySelector("button[type=submit]");
      button.disabled = true;
      button.textContent = form.dataset.asking;
      // Without permission the form goes without a place, and the answer says what to do.
      navigator.geolocation.getCurrentPosition((found) => {
        form.elements.latitude.value = found.coords.latitude;
        form.elements.longitude.value = found.coords.longitude;
        form.elements.accuracy.value = found.coords.accuracy;
        form.submit();
      }, () => form.submit(), { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
    });
  });
})();
