/* The grade book as a spreadsheet: saves each mark as one leaves its cell, moves by keys, takes pasted columns, and shows
   what somebody else entered meanwhile. Without it the page is one form. */
(function () {
  "use strict";

  const form = document.getElementById("grades");
  if (!form || !window.fetch) { return; }
  const words = form.dataset;
  const state = document.getElementById("grades-state");
  const token = (document.querySelector("meta[name=csrf-token]") || {}).content;
  const waiting = new Map(); // input → the text that is to be saved
  const RETRY = 4000;
  let sending = false;
  let timer = 0;

  function marks() { return Array.from(form.querySelectorAll("input.xy-mark")); }
  function seenOf(input) { return form.elements["s-" + input.name.slice(2)]; }
  function valueSeen(input) { return seenOf(input).value.split(":").slice(1).join(":"); }
  function cellOf(input) { return input.closest("td"); }
  function say(text, tone) { state.textContent = text; state.dataset.tone = tone; }

  /* ---- saving ---------------------------------------------------------------------------------------------- */

  function changed(input) { return input.value.trim() !== valueSeen(input); }

  function put(input) {
    if (!changed(input)) {
      waiting.delete(input);
      unsay(input);
      mark(input);
      return;
    }
    waiting.set(input, input.value);
    cellOf(input).classList.add("xy-grade-waiting");
    send();
  }

  function send() {
    if (sending || waiting.size === 0) { return; }
    clearTimeout(timer);
    sending = true;
    const batch = Array.from(waiting.entries());
    waiting.clear();
    say(words.saving, "info");
    const cells = batch.map(([input, text]) => {
      const key = input.name.split("-");
      return { enrolment: key[1], criterion: key[2], value: text, seen: seenOf(input).value };
    });
    fetch(words.cells, {
      method: "POST",
      credentials: "same-origin",
      redirect: "manual",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, "HX-Request": "true" },
      body: JSON.stringify({ cells: cells }),
    }).then((answer) => {
      if (answer.type === "opaqueredirect" || answer.status === 401) { throw { stop: words.gone }; }
      if (answer.status >= 500) { throw new Error("server"); }
      return answer.json().catch(() => ({})).then((body) => {
        if (!answer.ok) { throw { stop: body.error || words.failed }; }
        return body;
      });
    }).then((body) => {
      sending = false;
      body.cells.forEach(settle);
      body.rows.forEach(showRow);
      if (waiting.size) { send(); }
      else if (form.querySelector(".xy-grade-refused")) { say("", ""); }
      else { say(words.saved, "success"); }
    }).catch((error) => {
      sending = false;
      batch.forEach(([input, text]) => { if (!waiting.has(input)) { waiting.set(input, text); } });
      say(error.stop || words.failed, "danger");
      if (!error.stop) { timer = setTimeout(send, RETRY); }
    });
  }

  function settle(cell) {
    const input = form.elements["m-" + cell.enrolment + "-" + cell.criterion];
    if (!input) { return; }
    cellOf(input).classList.remove("xy-grade-waiting");
    unsay(input);
    if (cell.state === "saved") {
      const typed = input.value.trim();
      const before = valueSeen(input);
      seenOf(input).value = cell.seen;
      // Somebody who types on while it is saved keeps what they type.
      if (document.activeElement !== input || typed === cell.value || typed === before) { input.value = waiting.has(input) ? input.value : cell.value; }
    } else if (cell.state === "clash") {
      tell(input, cell.message, [
        [words.keep, () => { seenOf(input).value = cell.seen; input.value = cell.theirs; unsay(input); mark(input); input.focus(); }],
        [words.mine, () => { seenOf(input).value = cell.seen; input.value = cell.yours; put(input); input.focus(); }],
      ]);
    } else {
      tell(input, cell.message, []);
    }
    mark(input);
  }

  function mark(input) {
    const computed = input.placeholder !== words.missing;
    cellOf(input).classList.toggle("xy-grade-missing", input.value.trim() === "" && !computed);
  }

  function tell(input, message, choices) {
    const cell = cellOf(input);
    const said = document.createElement("p");
    said.className = "xy-grade-said";
    said.id = "w-" + input.name.slice(2);
    said.setAttribute("role", "alert");
    said.textContent = message;
    cell.append(said);
    if (choices.length) {
      const box = document.createElement("div");
      box.className = "xy-grade-choice";
      choices.forEach(([label, act]) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn";
        button.textContent = label;
        button.addEventListener("click", act);
        box.append(button);
      });
      cell.append(box);
    }
    cell.classList.add("xy-grade-refused");
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", said.id);
  }

  function unsay(input) {
    const cell = cellOf(input);
    cell.querySelectorAll(".xy-grade-said, .xy-grade-choice").forEach((old) => old.remove());
    cell.classList.remove("xy-grade-refused", "xy-grade-waiting");
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }

  function showRow(row) {
    const line = form.querySelector("tr[data-row='" + row.enrolment + "']");
    if (!line) { return; }
    line.querySelector("[data-total]").innerHTML = row.total;
    line.querySelector("[data-state]").innerHTML = row.state;
    line.dataset.done = row.done ? "1" : "0";
  }

  form.addEventListener("change", (event) => {
    if (event.target.classList.contains("xy-mark")) { put(event.target); }
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); send(); }, true);
  window.addEventListener("online", send);
  window.addEventListener("beforeunload", (event) => {
    const typing = document.activeElement && document.activeElement.classList.contains("xy-mark") && changed(document.activeElement)
      && !cellOf(document.activeElement).classList.contains("xy-grade-refused");
    if (waiting.size || sending || typing) { event.preventDefault(); event.returnValue = ""; }
  });

  /* ---- keys ------------------------------------------------------------------------------------------------ */

  function neighbour(input, down, right) {
    const cell = cellOf(input);
    if (right) {
      const all = Array.from(cell.parentElement.querySelectorAll("input.xy-mark"));
      return all[all.indexOf(input) + right];
    }
    for (let line = cell.parentElement; (line = down > 0 ? line.nextElementSibling : line.previousElementSibling);) {
      const other = line.children[cell.cellIndex];
      const found = other && other.querySelector("input.xy-mark");
      if (found) { return found; }
    }
    return null;
  }

  function go(input) {
    if (!input) { return; }
    input.focus();
    input.select();
  }

  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.classList.contains("xy-mark") || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    const moves = {
      Enter: [event.shiftKey ? -1 : 1, 0],
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowLeft: all || input.selectionEnd === 0 ? [0, -1] : null,
      ArrowRight: all || input.selectionStart === input.value.length ? [0, 1] : null,
    };
    const move = moves[event.key];
    if (event.key === "Escape") {
      input.value = valueSeen(input);
      put(input);
      input.select();
    } else if (move && !(event.shiftKey && event.key !== "Enter")) {
      event.preventDefault();
      const next = neighbour(input, move[0], move[1]);
      if (next) { go(next); }
      else if (event.key === "Enter") { put(input); input.select(); }
    }
  });
  form.addEventListener("focusin", (event) => {
    if (event.target.classList.contains("xy-mark")) { event.target.select(); }
  });

  /* ---- paste a block from a spreadsheet -------------------------------------------------------------------- */

  form.addEventListener("paste", (event) => {
    const input = event.target;
    const text = (event.clipboardData || { getData: () => "" }).getData("text/plain");
    if (!input.classList || !input.classList.contains("xy-mark") || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) { return; }
    event.preventDefault();
    let start = input;
    text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line) => {
      let place = start;
      line.split("\t").forEach((value) => {
        if (place) { place.value = value.trim(); put(place); place = neighbour(place, 0, 1); }
      });
      start = start && neighbour(start, 1, 0);
    });
  });

  marks().forEach((input) => { if (!cellOf(input).classList.contains("xy-grade-refused")) { mark(input); } });
})();
