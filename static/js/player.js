/* A lesson's page: remembers that it was opened, and reports what was watched of a video every ten seconds.

   What could not be sent stays on this device (localStorage, by enrolment and lesson) and is sent later: when the
   connection is back, or with the next lesson that is opened. Nothing personal is kept, only times in a video. */
(function () {
  "use strict";

  const EVERY = 10000;
  const WARNED = 4000;
  const JUMP = 2; // seconds between two looks at the player; more is a jump, not watching
  const GAP = 1;
  const PREFIX = "xy-watched-";
  const token = (document.querySelector("meta[name=csrf-token]") || {}).content;

  /* ---- the lesson is done: ticks, what is open now and the way on come as the server sees them -------------- */

  function showDone() {
    fetch(window.location.href, { credentials: "same-origin" }).then((answer) => answer.text()).then((html) => {
      const page = new DOMParser().parseFromString(html, "text/html");
      ["lesson-foot", "lesson-outline"].forEach((id) => {
        const fresh = page.getElementById(id);
        if (fresh) { document.getElementById(id).replaceWith(document.adoptNode(fresh)); }
      });
    }).catch(() => { /* the next page shows it */ });
  }
  document.addEventListener("xinyu:lesson-done", showDone); // a package says so

  /* ---- what is kept on this device ------------------------------------------------------------------------- */

  function keyOf(enrolment, address) { return PREFIX + enrolment + "-" + address; }

  function load(key) {
    try { return JSON.parse(localStorage.getItem(key)) || null; } catch (error) { return null; }
  }
  function save(key, value) {
    try {
      if (value) { localStorage.setItem(key, JSON.stringify(value)); } else { localStorage.removeItem(key); }
    } catch (error) { /* no room, or a private window: what is in memory is still sent */ }
  }

  function union(stretches) {
    const made = [];
    stretches.slice().sort((a, b) => a[0] - b[0]).forEach((one) => {
      const last = made[made.length - 1];
      if (last && one[0] - last[1] <= GAP) { last[1] = Math.max(last[1], one[1]); } else { made.push(one.slice()); }
    });
    return made;
  }
  function without(stretches, sent) {
    return stretches.filter((one) => !sent.some((other) => other[0] <= one[0] && one[1] <= other[1]));
  }
  function frontierOf(stretches) {
    return stretches.length && stretches[0][0] <= GAP ? stretches[0][1] : 0;
  }

  /* ---- sending ----------------------------------------------------------------------------------------------- */

  function post(address, body) {
    return fetch(address, {
      method: "POST",
      credentials: "same-origin",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, "HX-Request": "true" },
      body: JSON.stringify(body),
    }).then((answer) => {
      const words = answer.json().catch(() => ({}));
      return words.then((data) => ({ status: answer.status, data: data }));
    });
  }

  // What the server will never take: keeping it would only be asked again for ever.
  function isLost(answer) {
    return answer.status === 404 || answer.status === 422 || (answer.status === 409 && answer.data.code === "course_over");
  }

  // What was kept of other lessons of this learner, from a time without a connection.
  function sendOthers(enrolment, mine) {
    let keys = [];
    try { keys = Object.keys(localStorage); } catch (error) { return; }
    keys.filter((key) => key.indexOf(PREFIX + enrolment + "-") === 0 && key !== mine).reduce((before, key) => before.then(() => {
      const kept = load(key);
      if (!kept || !kept.watched) { save(key, null); return null; }
      const age = Math.max(0, (Date.now() - kept.noted) / 1000);
      return post(key.slice((PREFIX + enrolment + "-").length), { enrolment: enrolment, watched: kept.watched.slice(0, 200), age: age }).then((answer) => {
        if (answer.status === 200 || isLost(answer)) { save(key, null); }
      });
    }), Promise.resolve()).catch(() => { /* no connection: another time */ });
  }

  const opened = document.querySelector("[data-opened]");
  if (opened && opened.dataset.opened) {
    post(opened.dataset.report, { enrolment: Number(opened.dataset.opened), watched: [] }).catch(() => { /* only where to go on */ });
    sendOthers(Number(opened.dataset.opened), "");
  }

  /* ---- the video --------------------------------------------------------------------------------------------- */

  const box = document.getElementById("le-player");
  const video = box && box.querySelector("video");
  if (!video || !box.dataset.enrolment) { return; }

  const texts = box.dataset;
  const enrolment = Number(box.dataset.enrolment);
  const address = box.dataset.report;
  const key = keyOf(enrolment, address);
  const seconds = Number(box.dataset.seconds);
  let free = Boolean(box.dataset.free);
  let done = Boolean(box.dataset.done);
  let known = JSON.parse(box.dataset.watched); // what the server has
  const kept = load(key) || { watched: [] };
  let unsent = kept.watched;
  let moved = false; // until it plays, it does not know where the learner is
  let now = null; // the stretch that is being watched
  let sending = false;
  let failures = 0;
  let quietUntil = 0;
  let told = null; // where the player stood when that was last reported
  let warnedUntil = 0; // so long a warning stays, whatever is saved meanwhile

  function watched() { return union(known.concat(unsent, now ? [now] : [])); }

  function say(words, wrong) {
    const line = box.querySelector(".le-told");
    if (!line) { return; }
    line.textContent = words || "";
    line.classList.toggle("le-wrong", Boolean(wrong));
  }

  function warn(words) {
    say(words);
    warnedUntil = Date.now() + WARNED;
  }

  // What goes well is said in passing.
  function mention(words) { if (Date.now() >= warnedUntil) { say(words); } }

  function show(percent) {
    const bar = box.querySelector(".le-watched progress");
    if (!bar) { return; }
    bar.value = percent;
    box.querySelector(".le-percent").textContent = percent + " %";
  }

  // The stretch that is being watched joins what is to be sent.
  function close() {
    if (now && now[1] > now[0]) {
      unsent = union(unsent.concat([now]));
      save(key, { watched: unsent, position: video.currentTime, noted: Date.now() });
    }
    now = null;
  }

  function look() {
    const at = video.currentTime;
    if (video.paused || video.seeking) { return; }
    if (now && at >= now[1] && at - now[1] <= JUMP) { now[1] = at; } else { close(); now = [at, at]; }
  }

  function send() {
    look();
    const going = now ? now[1] : null;
    close();
    if (going !== null && !video.paused) { now = [going, going]; }
    if (sending || Date.now() < quietUntil) { return; }
    const position = moved ? video.currentTime : null;
    if (!unsent.length && told !== null && Math.abs(position - told) < 0.5) { return; }
    const sent = unsent.slice(0, 200);
    sending = true;
    post(address, { enrolment: enrolment, watched: sent, position: position, age: 0 })
      .then((answer) => { told = position; settle(answer, sent); })
      .catch(() => { wait(texts.textKept); })
      .then(() => { sending = false; });
  }

  function settle(answer, sent) {
    const code = answer.data.code;
    if (answer.status === 200) {
      document.dispatchEvent(new CustomEvent("xinyu:heard"));
      failures = 0;
      known = union(known.concat(sent));
      forget(sent);
      show(answer.data.percent);
      if (answer.data.status === "completed" && !done) { complete(); } else { mention(done ? "" : texts.textSent); }
    } else if (answer.status === 409 && code === "too_fast") {
      quietUntil = Date.now() + 1000 * Math.min(answer.data.wait || 10, 60);
    } else if (isLost(answer)) {
      forget(sent);
      say(texts.textRefused + (answer.data.message || ""), true);
    } else if (answer.status === 400 || answer.status === 401) {
      wait(texts.textSignedOut, true);
    } else {
      wait(answer.data.message || texts.textKept, true);
    }
  }

  function forget(sent) {
    unsent = without(unsent, sent);
    save(key, unsent.length ? { watched: unsent, position: video.currentTime, noted: Date.now() } : null);
  }

  function wait(words, wrong) {
    failures += 1;
    quietUntil = Date.now() + Math.min(60000, 2000 * Math.pow(2, failures));
    say(words, wrong);
  }

  function complete() {
    done = true;
    free = true;
    say(texts.textDone);
    showDone();
  }

  video.addEventListener("loadedmetadata", () => {
    const start = Math.max(Number(box.dataset.position), kept.position || 0);
    if (start > 0 && start < (video.duration || seconds) - GAP) { video.currentTime = start; }
  });
  video.addEventListener("timeupdate", look);
  video.addEventListener("playing", () => { moved = true; mention(""); look(); });
  video.addEventListener("pause", () => { close(); send(); });
  video.addEventListener("ended", () => { quietUntil = 0; close(); send(); });
  video.addEventListener("seeking", () => {
    const to = video.currentTime;
    close();
    const limit = frontierOf(watched());
    if (!free && to > limit + GAP) {
      video.currentTime = limit;
      warn(texts.textAhead);
    }
  });
  video.addEventListener("ratechange", () => {
    if (video.playbackRate > 1) {
      video.playbackRate = 1;
      warn(texts.textSpeed);
    }
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) { send(); } });
  window.addEventListener("pagehide", () => { close(); send(); });
  window.addEventListener("online", () => { quietUntil = 0; failures = 0; send(); });
  setInterval(() => { if (!video.paused || unsent.length) { send(); } }, EVERY);

  if (unsent.length || !known.length) { send(); }
  sendOthers(enrolment, key);
})();
