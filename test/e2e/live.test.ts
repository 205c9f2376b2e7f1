/** `undertone serve` as a process: live streams and inference with tokens, and a stop in the middle of a stream. */
import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket as Socket } from "ws";
import { encodeWav } from "../../src/audio/wav.ts";
import { hasChromium, openBrowser } from "../support/browser.ts";
import { startUndertone } from "../support/command-line.ts";
import { sixteenBit } from "../support/live-server.ts";
import { synthesizeVoice } from "../support/voice.ts";

const sampleRate = 16_000;
const token = "ut_a-token-of-the-tests";
const voice = synthesizeVoice(1.5, { sampleRate, level: 0.5 });
const start = JSON.stringify({ type: "start", sample_rate: sampleRate });

let folder: string;
let server: ChildProcess;
let url: string;

beforeAll(async () => {
  process.env["UNDERTONE_TOKEN"] = token;
  folder = await mkdtemp(join(tmpdir(), "undertone-live-"));
  await writeFile(join(folder, "voice.wav"), encodeWav(voice, sampleRate));
  const words = ["--model", "small", "--no-transcript", "--workers", "1", "--port", "0"];
  server = startUndertone("serve", ...words, "--folder", join(folder, "state"));
  url = await servingAt(server);
});

afterAll(async () => {
  server.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** Resolves to the address that a server prints. */
function servingAt(child: ChildProcess): Promise<string> {
  let printed = "";
  return new Promise((done, fail) => {
    child.on("exit", () => fail(new Error(printed)));
    child.stderr!.on("data", (chunk) => {
      printed += String(chunk);
      const [, found] = /Serving at (\S+)/.exec(printed) ?? [];
      if (found !== undefined) done(found);
    });
    child.stdout!.resume();
  });
}

const streamUrl = (): string => `${url.replace("http", "ws")}/v1/stream`;

test("live.ts prints what a stream sounds like while it plays", async () => {
  const loader = createRequire(import.meta.url).resolve("tsx");
  const example = resolve(import.meta.dirname, "../../examples/live.ts");
  const words = ["--import", loader, example, join(folder, "voice.wav"), streamUrl()];
  const child = spawn(process.execPath, words);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/final 0 to [\d.]+ s: \w+\n/);
  expect(stdout).toMatch(/mostly \w+\n$/);
});

test("a stream without the token is refused, one with it as a subprotocol is not", async () => {
  const refused = new Socket(streamUrl()).on("error", () => undefined);
  const [, response] = await once(refused, "unexpected-response");
  expect(response.statusCode).toBe(401);
  const browser = new Socket(streamUrl(), ["undertone", `token.${token}`]);
  await once(browser, "open");
  expect(browser.protocol).toBe("undertone");
  browser.close();
  await once(browser, "close");
});

test.skipIf(!hasChromium)("a browser's WebSocket brings the token, and streams", async () => {
  const browser = await openBrowser();
  const page = await browser.newPage();
  const given = { address: streamUrl(), token, samples: [...voice] };
  const told = await page.evaluate(
    ({ address, token: brought, samples }) =>
      new Promise<unknown[]>((done) => {
        const types: unknown[] = [];
        const socket = new WebSocket(address, ["undertone", `token.${brought}`]);
        socket.addEventListener("open", () => {
          socket.send(JSON.stringify({ type: "start", encoding: "f32le", sample_rate: 16_000 }));
          socket.send(new Float32Array(samples));
          socket.send(JSON.stringify({ type: "finish" }));
        });
        socket.addEventListener("message", ({ data }) => types.push(JSON.parse(data).type));
        socket.addEventListener("close", ({ code }) => done([...types, code]));
      }),
    given,
  );
  expect(told).toContain("utterance-start");
  expect(told.slice(-3)).toEqual(["final", "end", 1000]);
  await browser.close();
});

test("inference needs the token, probes do not", async () => {
  expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200);
  expect((await fetch(`${url}/v2/models/small`)).status).toBe(401);
  const headers = { authorization: `Bearer ${token}` };
  const data = [...voice.subarray(0, 1600)];
  const waveform = { name: "waveform", shape: [1, data.length], datatype: "FP32", data };
  const body = JSON.stringify({ inputs: [waveform] });
  const asked = { method: "POST", headers, body };
  const response = await fetch(`${url}/v2/models/small/infer`, asked);
  const { outputs } = await response.json();
  expect(outputs.map(({ name }: { name: string }) => name).toSorted()).toEqual([
    "distance",
    "ordinary_probabilities",
    "probabilities",
  ]);
});

test("a server that stops tells final segments, and ends", async () => {
  const socket = new Socket(streamUrl(), { headers: { authorization: `Bearer ${token}` } });
  const types: string[] = [];
  socket.on("message", (data: Buffer) => types.push(JSON.parse(data.toString()).type));
  await once(socket, "open");
  socket.send(start);
  socket.send(sixteenBit(voice));
  await expect.poll(() => types).toContain("partial");
  const exited = once(server, "exit");
  server.kill("SIGINT");
  const [code] = await once(socket, "close");
  expect(code).toBe(1001);
  expect(types.slice(-2)).toEqual(["final", "end"]);
  await exited;
});
