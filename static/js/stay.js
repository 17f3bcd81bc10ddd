/* Keeps a reader signed in while they read. What they do on the page, or inside a package (which says so), is told to the server
   every few minutes, for some hours at most; whom nothing is seen of is asked before the time-out, and stays with one tap. */
(function () {
  "use strict";

  const bar = document.querySelector("[data-stay]");
  if (!bar) { return; }
  const MINUTE = 60000;
  const IDLE = Number(bar.dataset.idle) * MINUTE; // the server's
  const WARNING = Math.min(5 * MINUTE, IDLE / 3);
  const BEAT = Math.min(5 * MINUTE, IDLE / 3);
  const MOST = 4 * 60 * MINUTE; // later only a tap counts: a package could say for ever that somebody reads
  const LOOK = 15000;
  const token = (document.querySelector("meta[name=csrf-token]") || {}).content;
  const words = bar.querySelector("[data-stay-words]");
  const opened = Date.now();
  let heard = Date.now(); // when the server last heard of us
  let active = 0;
  let asking = false;

  function note() { active = Date.now(); }
  function settle() { heard = Date.now(); bar.hidden = true; }

  function beat() {
    if (asking) { return; }
    asking = true;
    fetch(bar.dataset.stay, {
      method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token, "HX-Request": "true" },
    }).then((answer) => {
      if (answer.ok) { settle(); }
      if (answer.status === 400 || answer.status === 401) { show(bar.dataset.textGone); }
    }).catch(() => { /* no connection: it is tried again */ }).then(() => { asking = false; });
  }

  function show(text) {
    if (!bar.hidden && words.textContent === text) { return; } // said once, not every few seconds
    words.textContent = text;
    bar.hidden = false;
  }

  function look() {
    const now = Date.now();
    const quiet = now - heard;
    if (active > heard && quiet >= BEAT && now - opened < MOST) { beat(); return; }
    if (quiet >= IDLE) { show(bar.dataset.textGone); return; }
    if (quiet >= IDLE - WARNING) {
      show(bar.dataset.textAsk.replace("{minutes}", Math.max(1, Math.ceil((IDLE - quiet) / MINUTE))));
    }
  }

  ["pointerdown", "keydown", "wheel", "touchmove", "scroll"].forEach((name) => {
    document.addEventListener(name, note, { passive: true, capture: true });
  });
  document.addEventListener("xinyu:reading", note);
  document.addEventListener("xinyu:heard", settle);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { look(); } });
  bar.querySelector("[data-stay-tap]").addEventListener("click", beat);
  setInterval(look, LOOK);
})();
