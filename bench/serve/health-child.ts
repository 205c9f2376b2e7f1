/** A process that asks a server for its health until it is told to stop, and then tells how long each answer took. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const everyMs = 50;

const [url] = process.argv.slice(2);
const stop = new AbortController();
void once(process, "message").then(() => stop.abort());
const latenciesMs: number[] = [];
await (await fetch(`${url}/health`)).arrayBuffer(); // the first loads the client
while (!stop.signal.aborted) {
  const startedAt = performance.now();
  await (await fetch(`${url}/health`)).arrayBuffer();
  latenciesMs.push(performance.now() - startedAt);
  await sleep(everyMs);
}
process.send?.({ latenciesMs, cpu: process.cpuUsage() }, () => process.disconnect());
