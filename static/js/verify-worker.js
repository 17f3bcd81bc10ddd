// Keeps the offline page: without the network, every page under /verify/ is that one, which reads the QR code's address.
"use strict";

const OFFLINE = "{{offline}}";
const CACHE = "verify-offline";
const OLD = 60 * 60 * 1000; // after an hour with the network it is fetched anew, so that it knows newer revocations

async function keep() {
  const cache = await caches.open(CACHE);
  const answer = await fetch(OFFLINE, { cache: "reload", credentials: "same-origin" });
  if (answer.ok) await cache.put(OFFLINE, answer);
}

async function keepFresh() {
  const kept = await caches.match(OFFLINE);
  const made = kept ? Date.parse(kept.headers.get("Date") || "") : NaN;
  if (!(Date.now() - made < OLD)) await keep();
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate" || event.request.method !== "GET") return;
  event.respondWith(
    fetch(event.request)
      .then((answer) => {
        event.waitUntil(keepFresh().catch(() => undefined));
        return answer;
      })
      .catch(async () => (await caches.match(OFFLINE)) || Response.error()),
  );
});
