// worker.ts -- once loaded, the page works without a network: its own files are kept, newest first where there is one.
/// <reference lib="webworker" />
const self_ = self as unknown as ServiceWorkerGlobalScope;
const store = 'tokenroof';
const files = ['./', 'page.js', 'style.css', 'tokenroof.wasm'];

self_.addEventListener('install', (event) => {
  event.waitUntil(caches.open(store).then((cache) => cache.addAll(files)).then(() => self_.skipWaiting()));
});
self_.addEventListener('activate', (event) => event.waitUntil(self_.clients.claim()));
self_.addEventListener('fetch', (event) => {
  const request = event.request;
  if (request.method !== 'GET' || new URL(request.url).origin !== self_.location.origin) return;
  event.respondWith(
    fetch(request)
      .then(async (answer) => {
        if (answer.ok) await (await caches.open(store)).put(request, answer.clone());
        return answer;
      })
      .catch(async () => (await caches.match(request, { ignoreSearch: true })) ?? Response.error()),
  );
});
