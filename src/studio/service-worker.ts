/** Keeps the page's own files in the browser, so that it works without a network; recordings never come here. */
import { contentPolicy } from "../shared/content-policy.ts";

interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
declare function addEventListener(
  type: "install" | "activate",
  listener: (event: Extendable) => void,
): void;
declare function addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
declare function skipWaiting(): Promise<void>;
declare const clients: { claim(): Promise<void> };

/** Written into the built file: the page's files, whether each is needed at first, and a hash of all of them. */
declare const builtFiles: {
  readonly version: string;
  readonly files: readonly (readonly [path: string, isNeeded: boolean])[];
};

const prefix = "undertone-page-";
const { version, files } = builtFiles;
const cacheName = prefix + version;
const urlOf = (path: string): string => new URL(path, location.href).href;
const known = new Set(files.map(([path]) => urlOf(path)));

addEventListener("install", (event) => {
  event.waitUntil(install());
});

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll(files.flatMap(([path, isNeeded]) => (isNeeded ? [urlOf(path)] : [])));
  await skipWaiting();
}

addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const wanted = mode === "navigate" ? urlOf("index.html") : url.replace(/[?#].*$/, "");
  if (method === "GET" && known.has(wanted)) event.respondWith(answer(wanted));
});

/** Answers with what is kept; else with what the network has, which is kept from then on. */
async function answer(url: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(url);
  if (kept !== undefined) return isolated(kept);
  const response = await fetch(url);
  if (response.ok) await cache.put(url, response.clone());
  return isolated(response);
}

/**
 * Returns a response with headers that many hosts cannot send: the content policy, which a worker has from its own file, and
 * those without which browsers give a page one thread only.
 */
function isolated(response: Response): Response {
  const headers = new Headers(response.headers);
  headers.set("content-security-policy", contentPolicy);
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-embedder-policy", "require-corp");
  headers.set("cross-origin-resource-policy", "same-origin");
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
