// Proves a certificate without the network: what its QR code says, the signature under it, and what was known to have
// ended when this page was made. Ed25519 by the browser where it can, else by TweetNaCl; both come to the same.
"use strict";

(function () {
  const known = JSON.parse(document.getElementById("known").textContent);
  const words = known.words;
  const result = document.getElementById("result");
  const field = document.getElementById("code");
  const FIELDS = 12;
  const SIGNATURE = 64;
  const LONGEST = 6000;

  function fromBase64(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  }

  // Facts, the bytes under the signature, and the signature; null when the text is no code of ours.
  function unpack(text) {
    try {
      const packed = text.trim().slice(0, LONGEST).split("#").pop();
      const raw = fromBase64(packed);
      const plain = fflate.unzlibSync(raw.subarray(0, -SIGNATURE), { out: new Uint8Array(4000) });
      const facts = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plain));
      const sound = Array.isArray(facts) && facts.length === FIELDS && facts[0] === 1;
      if (!sound || !facts.slice(1).every((one) => typeof one === "string")) return null;
      return { facts, plain, signature: raw.subarray(-SIGNATURE) };
    } catch {
      return null;
    }
  }

  async function isSigned(plain, signature, key) {
    if (window.crypto && crypto.subtle) {
      try {
        const own = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
        return await crypto.subtle.verify({ name: "Ed25519" }, own, signature, plain);
      } catch {
        // This browser has no Ed25519.
      }
    }
    return nacl.sign.detached.verify(plain, signature, key);
  }

  function digestOf(signature) {
    const digest = nacl.hash(signature).subarray(0, 16);
    return Array.from(digest, (one) => one.toString(16).padStart(2, "0")).join("");
  }

  function today() {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  }

  async function judge(text) {
    const code = unpack(text);
    if (!code) return { tone: "danger", title: words.no_code };
    const [, , , , , , , , issued, until, , keyName] = code.facts;
    const key = known.keys[keyName];
    if (!key) return { tone: "warning", title: words.no_key };
    if (!(await isSigned(code.plain, code.signature, fromBase64(key)))) {
      return { tone: "danger", title: words.changed };
    }
    const ended = known.ended[digestOf(code.signature)];
    if (ended) {
      const since = words.since.replace("{day}", ended[1]);
      const tone = ended[0] === "revoked" ? "danger" : "warning";
      return { tone, title: `${known.standings[ended[0]]} (${since})`, facts: code.facts };
    }
    const notes = [words.known_until.replace("{time}", known.as_of)];
    if (issued > known.day) notes.push(words.later);
    if (until && until < today()) {
      return { tone: "warning", title: known.standings.expired, facts: code.facts, notes };
    }
    return { tone: "success", title: words.genuine, facts: code.facts, notes };
  }

  function add(parent, tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    parent.append(made);
    return made;
  }

  function show(verdict) {
    result.replaceChildren();
    result.className = verdict.tone;
    add(result, "h2", verdict.title);
    (verdict.notes || []).forEach((note) => add(result, "p", note));
    if (!verdict.facts) return;
    const [, number, holder, kind, title, hours, from, to, issued, until, issuer] = verdict.facts;
    const period = from && to && from !== to ? `${from} – ${to}` : to || from;
    const rows = [
      [words.number, number],
      [words.holder, holder],
      [words.kind, known.kinds[kind] || kind],
      [words.title, title],
      [words.period, period],
      [words.hours, hours],
      [words.issuer, issuer],
      [words.issued_on, issued],
      [words.valid_until, until],
    ];
    const list = add(result, "dl", "");
    rows.filter((row) => row[1]).forEach((row) => {
      add(list, "dt", row[0]);
      add(list, "dd", row[1]);
    });
  }

  async function check(text) {
    if (text.trim()) show(await judge(text));
  }

  document.getElementById("form").addEventListener("submit", (event) => {
    event.preventDefault();
    check(field.value);
  });
  field.addEventListener("input", () => check(field.value));
  window.addEventListener("hashchange", () => check(location.hash));
  check(location.hash.length > 1 ? location.hash : "");
})();
