/* The window between a package and the page, on the packages' own host. A package finds the run-time here, as its standard
   says: window.parent.API (SCORM 1.2) or window.parent.API_1484_11 (2004). What it saves goes to the page above, by message;
   nobody signed in, no cookie and no other address of ours is within its reach. */
(function () {
  "use strict";

  const pages = document.documentElement.dataset.pages;
  const SOON = 400; // a package sets ten values in a row: they go in one message
  let api = null;
  let shown = null;
  let ended = false;
  let wish = ""; // where the package wants to go at its end (2004)
  let timer = 0;

  function tell(message) { window.parent.postMessage(message, pages); }

  function elements() {
    const kept = {};
    if (!api) { return kept; }
    const flat = api.getFlattenedCMI();
    Object.keys(flat).forEach((name) => {
      const value = flat[name];
      // An empty collection comes as an object; what it will hold comes under names of its own.
      if (value !== "" && /^(string|number|boolean)$/.test(typeof value) && /^(cmi|adl)\./.test(name)) { kept[name] = String(value); }
    });
    return kept;
  }

  function report() {
    window.clearTimeout(timer);
    timer = 0;
    tell({ xinyu: "state", elements: elements(), ended, wish });
  }

  function soon() {
    if (!timer) { timer = window.setTimeout(report, SOON); }
  }

  function runTime(order) {
    const settings = { autocommit: false, logLevel: 5, mastery_override: order.mastery };
    const old = order.standard === "scorm12";
    api = old ? new window.Scorm12API(settings) : new window.Scorm2004API(settings);
    window[old ? "API" : "API_1484_11"] = api;
    api.loadFromFlattenedJSON(order.start);
    const prefix = old ? "LMS" : "";
    api.on(`${prefix}Initialize`, report);
    api.on(`${prefix}SetValue`, (name, value) => {
      if (name === "adl.nav.request") { wish = String(value); }
      soon();
    });
    api.on(`${prefix}Commit`, report);
    api.on(old ? "LMSFinish" : "Terminate", () => { ended = true; report(); });
  }

  // Who reads without turning pages says nothing to the run-time; that they are there is told so that they stay signed in.
  let seen = 0;
  function reading() {
    if (Date.now() - seen < 30000) { return; }
    seen = Date.now();
    tell({ xinyu: "reading" });
  }
  function watch(part) {
    ["pointerdown", "keydown", "wheel", "touchmove", "scroll"].forEach((name) => {
      part.addEventListener(name, reading, { passive: true, capture: true });
    });
  }

  function open(order) {
    if (shown) { return; }
    if (order.kind === "sco") { runTime(order); }
    shown = document.createElement("iframe");
    shown.title = order.title;
    shown.allow = "fullscreen; autoplay";
    shown.addEventListener("load", () => {
      tell({ xinyu: "shown" });
      if (shown && shown.contentDocument) { watch(shown.contentDocument); }
    });
    shown.src = order.address;
    document.body.append(shown);
    if (order.kind !== "sco") { report(); }
  }

  function close() {
    if (shown) { shown.remove(); } // its unload handlers run now, and still find the run-time
    shown = null;
    report();
    tell({ xinyu: "closed" });
  }

  window.addEventListener("message", (event) => {
    if (event.origin !== pages || event.source !== window.parent || !event.data) { return; }
    if (event.data.xinyu === "open") { open(event.data.order); }
    if (event.data.xinyu === "close") { close(); }
  });
  window.addEventListener("pagehide", () => { if (timer) { report(); } });
  tell({ xinyu: "ready" });
}());
