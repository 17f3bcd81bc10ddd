/* Takes a quiz: saves each answer as it is given, keeps on this device what could not be sent, and sends it when the
   connection is back; shows the time that is left, which the server keeps. Without it the page is one form. */
(function () {
  "use strict";

  const form = document.getElementById("quiz");
  if (!form || !window.fetch) { return; }
  const words = form.dataset;
  const state = document.getElementById("quiz-state");
  const clock = document.getElementById("quiz-clock");
  const count = document.getElementById("quiz-count");
  const token = (document.querySelector("meta[name=csrf-token]") || {}).content;
  const KEY = "xinyu-quiz-" + words.attempt;
  const RETRY = 4000;
  const TYPING = 1200;
  const LAST_CALL = 3; // seconds before the end in which what is being typed is still sent
  const opened = Date.now(); // goes on while a phone sleeps
  const waiting = new Map(); // position → {answer, number}: not yet taken by the server
  const typing = new Map(); // position → timer of a text somebody is writing
  let sending = null;
  let retry = 0;
  let ended = false;

  function say(text, tone) { state.textContent = text; state.dataset.tone = tone; }
  function questions() { return Array.from(form.querySelectorAll(".qz-question")); }
  function question(position) { return form.querySelector("#q" + position); }
  function numberOf(box) { return form.elements["n-" + box.dataset.position]; }
  function controls(box) { return Array.from(box.querySelectorAll("[name='a-" + box.dataset.position + "']")); }

  /* ---- what stands on the page ------------------------------------------------------------------------------ */

  function read(box) {
    const kind = box.dataset.kind;
    const fields = controls(box);
    if (kind === "fill_in" || kind === "short_answer") { return fields.map((field) => field.value); }
    const chosen = fields.filter((field) => field.checked).map((field) => Number(field.value));
    return kind === "true_false" ? chosen.map(Boolean) : chosen;
  }

  function write(box, answer) {
    const kind = box.dataset.kind;
    controls(box).forEach((field, place) => {
      if (kind === "fill_in" || kind === "short_answer") { field.value = (answer || [])[place] || ""; }
      else { field.checked = (answer || []).map(Number).indexOf(Number(field.value)) >= 0; }
    });
    tally();
  }

  function isAnswered(box) { return read(box).some((part) => String(part).trim() !== ""); }

  function tally() {
    const boxes = questions();
    const done = boxes.filter(isAnswered).length;
    count.hidden = false;
    count.textContent = words.textCount.replace("{done}", done).replace("{all}", boxes.length);
  }

  /* ---- kept on this device until the server has it ---------------------------------------------------------- */

  function remember() {
    try {
      if (waiting.size) { localStorage.setItem(KEY, JSON.stringify(Array.from(waiting.entries()))); }
      else { localStorage.removeItem(KEY); }
    } catch (error) { /* no storage: what is on the page is still sent */ }
  }

  function recall() {
    let kept = [];
    try { kept = JSON.parse(localStorage.getItem(KEY) || "[]"); } catch (error) { kept = []; }
    kept.forEach(([position, given]) => {
      const box = question(position);
      if (!box || given.number <= Number(numberOf(box).value)) { return; }
      write(box, given.answer);
      waiting.set(position, given);
    });
    remember();
  }

  /* ---- saving ----------------------------------------------------------------------------------------------- */

  // Tenths of a second since the attempt began: alike on every device, so that the newest answer wins everywhere.
  function nextNumber(box) {
    const now = Number(words.elapsed) + Math.floor((Date.now() - opened) / 100);
    const known = waiting.get(box.dataset.position);
    return Math.max(now, Number(numberOf(box).value) + 1, known ? known.number + 1 : 0);
  }

  function put(box) {
    clearTimeout(typing.get(box.dataset.position));
    typing.delete(box.dataset.position);
    box.querySelector(".qz-told").textContent = "";
    waiting.set(box.dataset.position, { answer: read(box), number: nextNumber(box) });
    remember();
    tally();
    send();
  }

  function send() {
    if (sending || ended || waiting.size === 0) { return sending || Promise.resolve(); }
    clearTimeout(retry);
    const batch = Array.from(waiting.entries());
    const answers = {};
    batch.forEach(([position, given]) => { answers[position] = given; });
    say(words.textSaving, "info");
    sending = fetch(words.answers, {
      method: "POST",
      credentials: "same-origin",
      redirect: "manual",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, "HX-Request": "true" },
      body: JSON.stringify({ answers: answers }),
    }).then((answer) => {
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 400) { throw { told: words.textGone }; }
      if (answer.status >= 500 || answer.status === 429) { throw new Error("server"); }
      return answer.json().catch(() => ({})).then((body) => ({ ok: answer.ok, body: body }));
    }).then((got) => {
      sending = null;
      document.dispatchEvent(new CustomEvent("xinyu:heard"));
      if (!got.ok) { refused(got.body, batch); return null; }
      got.body.saved.forEach((one) => settle(one, answers[one.position]));
      remember();
      if (waiting.size) { return send(); }
      if (got.body.saved.some((one) => one.refused)) { say(words.textRefused, "danger"); return null; }
      say(words.textSaved, "success");
      return null;
    }).catch((error) => {
      sending = null;
      say(error.told || words.textOffline, error.told ? "danger" : "warning");
      retry = setTimeout(send, RETRY);
    });
    return sending;
  }

  function settle(saved, sent) {
    const position = String(saved.position);
    const box = question(position);
    const known = waiting.get(position);
    numberOf(box).value = saved.number;
    if (known && known.number !== sent.number) { return; } // changed again meanwhile: goes with the next one
    waiting.delete(position);
    if (saved.refused) { // what was typed stays on the page, to be put right there
      box.querySelector(".qz-told").textContent = saved.refused;
    } else if (!saved.kept) {
      write(box, saved.answer);
      box.querySelector(".qz-told").textContent = words.textElsewhere;
    }
  }

  function refused(body, batch) {
    if (body.code === "time_over" || body.code === "attempt_over") { finish(); return; }
    batch.forEach(([position]) => waiting.delete(position)); // sending the same again would change nothing
    remember();
    say(body.error || words.textOffline, "danger");
  }

  form.addEventListener("change", (event) => {
    const box = event.target.closest(".qz-question");
    if (box) { put(box); }
  });
  form.addEventListener("input", (event) => {
    const box = event.target.closest(".qz-question");
    if (!box || event.target.matches("[type=radio], [type=checkbox]")) { return; }
    clearTimeout(typing.get(box.dataset.position));
    typing.set(box.dataset.position, setTimeout(() => put(box), TYPING));
  });
  function putTyped() {
    Array.from(typing.keys()).forEach((position) => put(question(position)));
  }
  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => { if (document.hidden) { putTyped(); } else { send(); } });
  window.addEventListener("pagehide", () => { putTyped(); remember(); });

  // The form itself carries every answer too; it goes once nothing is under way, so that the two do not cross.
  let passing = false;
  form.addEventListener("submit", (event) => {
    if (passing) { return; }
    event.preventDefault();
    event.stopPropagation();
    const button = event.submitter;
    putTyped();
    Promise.resolve(send()).then(() => {
      if (ended) { return; }
      if (waiting.size) { say(words.textWait, "warning"); return; }
      passing = true;
      // Not within this event: the browser would take it for the same submission.
      setTimeout(() => { if (button && form.requestSubmit) { form.requestSubmit(button); } else { form.submit(); } }, 0);
    });
  }, true);

  /* ---- the clock -------------------------------------------------------------------------------------------- */

  let called = false;
  function tick() {
    const left = Math.max(0, Math.ceil(Number(words.left) - (Date.now() - opened) / 1000));
    const time = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
    clock.textContent = words.textLeft.replace("{time}", time);
    clock.parentElement.classList.toggle("qz-soon", left <= 60);
    if (left <= LAST_CALL && !called) { called = true; putTyped(); }
    if (left === 0) { finish(); } else { setTimeout(tick, 500); }
  }

  // The time is over: what the server has by now is handed in.
  function finish() {
    if (ended) { return; }
    ended = true;
    say(words.textOver, "warning");
    waiting.clear();
    remember();
    questions().forEach((box) => { box.disabled = true; });
    handIn();
  }

  function handIn() {
    fetch(words.submit, { method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token } })
      .then((answer) => { passing = true; window.location.assign(answer.url); })
      .catch(() => {
        say(words.textOver + " " + words.textAway, "warning");
        setTimeout(handIn, RETRY);
      });
  }

  recall();
  tally();
  send();
  if (words.left !== "") { tick(); }
})();
