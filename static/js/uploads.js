/* A chosen file travels in pieces as soon as it is chosen (tus 1.0) and goes on after a lost connection; the form then carries
   only its token. Without this script the file comes with the form. */
(function () {
  "use strict";

  if (!window.tus || !tus.isSupported) { return; }

  const PIECE = 4 * 1024 * 1024;
  const AGAIN = 15000; // ms: how often to try after the quick retries
  const token = (document.querySelector("meta[name=csrf-token]") || {}).content;
  const texts = (document.getElementById("xy-text") || { dataset: {} }).dataset;

  document.querySelectorAll("[data-upload]").forEach(prepare);

  function prepare(place) {
    const form = place.closest("form");
    const input = place.querySelector("input[type=file]");
    const kept = place.querySelector("input[name=upload]");
    const keptName = place.querySelector("input[name=upload_name]");
    const state = place.querySelector("[data-upload-state]");
    const bar = state.querySelector("progress");
    const line = state.querySelector("[role=status]");
    const buttons = {
      pause: place.querySelector("[data-upload-pause]"),
      go: place.querySelector("[data-upload-go]"),
      cancel: place.querySelector("[data-upload-cancel]"),
    };
    let upload = null; // what is on its way
    let waiting = null; // the pressed button of a form that is sent once the file is here
    let timer = 0;
    let done = 0;

    input.addEventListener("change", () => {
      stop();
      kept.value = "";
      keptName.value = "";
      place.querySelectorAll("[data-upload-kept]").forEach((old) => old.remove());
      const file = input.files[0];
      if (!file) { state.hidden = true; return; }
      const suffix = file.name.split(".").pop().toLowerCase();
      if (!place.dataset.suffixes.split(" ").includes(suffix)) { refuse(place.dataset.wrongKind); return; }
      if (file.size > Number(place.dataset.largest)) { refuse(fill(place.dataset.tooLarge, { size: megabytes(file.size) })); return; }
      begin(file);
    });

    buttons.pause.addEventListener("click", () => {
      clearTimeout(timer);
      if (upload) { upload.abort(); }
      say(fill(place.dataset.paused, { percent: done + " %" }));
      show("go", "cancel");
      buttons.go.focus();
    });
    buttons.go.addEventListener("click", go);
    buttons.cancel.addEventListener("click", () => {
      const old = upload;
      stop();
      if (old) { old.abort(true).catch(() => { /* it is thrown away by itself */ }); }
      input.value = "";
      state.hidden = true;
      input.focus();
    });
    window.addEventListener("online", () => { if (timer) { go(); } });
    window.addEventListener("beforeunload", (event) => {
      if (upload) { event.preventDefault(); event.returnValue = place.dataset.leaving; }
    });
    form.addEventListener("submit", (event) => {
      if (input.hasAttribute("data-refused")) { event.preventDefault(); input.focus(); return; }
      if (!upload) { return; }
      event.preventDefault();
      waiting = event.submitter || form.querySelector("[type=submit]");
      say(line.textContent + " " + place.dataset.saving);
    });

    function begin(file) {
      input.removeAttribute("data-refused");
      input.removeAttribute("aria-invalid");
      state.hidden = false;
      state.classList.remove("xy-error");
      bar.hidden = false;
      report(0, file.size);
      const mine = new tus.Upload(file, {
        endpoint: place.dataset.upload,
        chunkSize: PIECE,
        retryDelays: [0, 1000, 3000, 5000],
        headers: { "X-CSRFToken": token, "HX-Request": "true" },
        metadata: { filename: file.name, purpose: place.dataset.purpose },
        fingerprint: () => Promise.resolve(["xinyu", place.dataset.purpose, file.name, file.size, file.lastModified].join("|")),
        onProgress: report,
        onSuccess: () => arrived(mine, file),
        onError: (error) => failed(mine, error),
      });
      upload = mine;
      show("pause", "cancel");
      mine.findPreviousUploads().then((earlier) => {
        if (mine !== upload) { return; }
        if (earlier.length) { mine.resumeFromPreviousUpload(earlier[0]); }
        mine.start();
      });
    }

    function report(sent, size) {
      done = Math.floor((sent / size) * 100);
      bar.value = done;
      say(fill(place.dataset.going, { done: megabytes(sent), size: megabytes(size), percent: done + " %" })
        + (waiting ? " " + place.dataset.saving : ""));
    }

    function arrived(mine, file) {
      if (mine !== upload) { return; }
      upload = null;
      kept.value = mine.url.split("/").pop();
      keptName.value = file.name;
      bar.value = 100;
      say(fill(place.dataset.finished, { name: file.name, size: megabytes(file.size) }));
      show();
      input.disabled = true; // the form need not carry it once more
      if (waiting) { form.requestSubmit(waiting); }
    }

    function failed(mine, error) {
      if (mine !== upload) { return; }
      const answer = error.originalResponse;
      const status = answer ? answer.getStatus() : 0;
      if (status >= 400 && status < 500 && status !== 408 && status !== 409 && status !== 423 && status !== 429) {
        stop();
        refuse(status === 401 ? texts.signedOut : (answer.getBody() || texts.failed));
        return;
      }
      if (status === 507 || status === 429) { stop(); refuse(answer.getBody()); return; }
      say(fill(place.dataset.lost, { percent: done + " %" }));
      show("go", "cancel");
      timer = setTimeout(go, AGAIN);
    }

    function go() {
      clearTimeout(timer);
      timer = 0;
      if (!upload) { return; }
      show("pause", "cancel");
      upload.start();
    }

    function stop() {
      clearTimeout(timer);
      timer = 0;
      if (upload) { upload.abort(); }
      upload = null;
      waiting = null;
    }

    function refuse(words) {
      input.setAttribute("data-refused", "");
      input.setAttribute("aria-invalid", "true");
      state.hidden = false;
      state.classList.add("xy-error");
      bar.hidden = true;
      say(words);
      show();
    }

    function say(words) { line.textContent = words; }
    function show(...names) {
      Object.keys(buttons).forEach((name) => { buttons[name].hidden = !names.includes(name); });
    }

    // Back to a page that the browser kept: a file that was sent may be chosen anew.
    window.addEventListener("pageshow", () => { input.disabled = false; });
  }

  function fill(words, values) {
    return words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  }
  function megabytes(bytes) {
    return (bytes < 104858 ? "< 0.1" : (bytes / 1048576).toFixed(1)) + " MB";
  }
})();
