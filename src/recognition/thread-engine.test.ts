import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { loudnessModelFile } from "../../test/support/loudness-model.ts";
import { inSequence, synthesizeVoice } from "../../test/support/voice.ts";
import { WebServers } from "../../test/support/web-server.ts";
import { encodeWav } from "../audio/wav.ts";
import { loadRecognizer } from "./load-recognizer.node.ts";
import type { Recognizer, StreamEvent } from "./recognizer.ts";

const sampleRate = 16_000;
const voice = (seconds: number, level: number): Float32Array =>
  synthesizeVoice(seconds, { sampleRate, level });
const silence = (seconds: number): Float32Array => new Float32Array(seconds * sampleRate);
/** Longer than what is decided on in one go. */
const samples = inSequence(voice(20, 0.9), silence(8), voice(5, 0.03));
const short = inSequence(voice(3, 0.9), silence(1));
const wav = encodeWav(short, sampleRate, "float32");
const servers = new WebServers();

let folder = "";
let path = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-thread-"));
  path = join(folder, "one.wav");
  await writeFile(path, wav);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => servers.close());

async function* blocksOf(whole: Float32Array, length: number): AsyncGenerator<Float32Array> {
  for (let start = 0; start < whole.length; start += length) {
    yield whole.subarray(start, start + length);
  }
}

async function collect(events: AsyncIterable<StreamEvent>): Promise<StreamEvent[]> {
  const all: StreamEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function throwing(): never {
  throw new SyntaxError("mine");
}

const finalOf = (events: readonly StreamEvent[]) =>
  events.flatMap((event) => (event.type === "final" ? [event.segment] : []));

/** The processes that decode for this one. */
function decoders(): number[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="]).toString().split("\n");
  const mine = new RegExp(`^\\s*(\\d+)\\s+${process.pid}\\s.*decode-worker`);
  return lines.flatMap((line) => mine.exec(line)?.[1] ?? []).map(Number);
}

test("a recognizer that nobody closes is closed before its process ends", () => {
  const program = `
    import { loadRecognizer } from ${JSON.stringify(new URL("load-recognizer.node.ts", import.meta.url).href)};
    const recognizer = await loadRecognizer({ model: "small" });
    process.once("beforeExit", () => {
      recognizer.analyze(${JSON.stringify(path)}).catch(({ message }) => console.log(message));
    });`;
  const tsx = createRequire(import.meta.url).resolve("tsx");
  const options = ["--import", tsx, "--input-type=module", "--eval", program];
  expect(execFileSync(process.execPath, options).toString()).toContain("ended");
});

describe.each([{ thread: true }, { thread: false }])("$thread", ({ thread }) => {
  let recognizer: Recognizer;
  beforeAll(async () => {
    recognizer = await loadRecognizer({ model: loudnessModelFile(), thread });
  });
  afterAll(() => recognizer.close());

  test("all that can hold a recording gives the same analysis", async () => {
    const { url } = await servers.serve((_, response) => response.end(wav));
    const expected = await recognizer.analyze(path);
    expect(expected.segments.map(({ emotion }) => emotion)).toEqual(["angry", null]);
    const inputs = [
      new URL(`file://${path}`),
      new URL(url),
      new Blob([new Uint8Array(wav)]),
      Buffer.from(wav),
      wav.slice().buffer,
      Readable.from([wav.subarray(0, 1000), wav.subarray(1000)]),
      new Blob([new Uint8Array(wav)]).stream(),
      { samples: short, sampleRate },
      { samples: [short, short], sampleRate },
    ];
    for (const input of inputs) expect(await recognizer.analyze(input)).toEqual(expected);
  });

  test("channels are speakers, in files and in samples", async () => {
    const channels = [
      inSequence(voice(3, 0.9), silence(5)),
      inSequence(silence(4), voice(3, 0.03), silence(1)),
    ];
    const roles = ["agent", "customer"];
    const file = encodeWav(channels, sampleRate, "float32");
    const call = await recognizer.analyze(file, { roles });
    expect(call.speakers).toMatchObject([{ speaker: "agent" }, { speaker: "customer" }]);
    expect(call.segments.map(({ speaker, emotion }) => [speaker, emotion])).toEqual([
      ["agent", "angry"],
      [null, null],
      ["customer", "sad"],
      [null, null],
    ]);
    expect(await recognizer.analyze({ samples: channels, sampleRate }, { roles })).toEqual(call);
    const only = await recognizer.analyze(file, { roles, only: ["customer"] });
    expect(only.speakers).toEqual(call.speakers.slice(1));
    const wrong = recognizer.analyze(file, { roles, only: ["boss"] });
    await expect(wrong).rejects.toMatchObject({ code: "usage" });
    await expect(recognizer.analyze(file, { roles: ["a", "a"] })).rejects.toThrow(RangeError);
    const uneven = recognizer.analyze({ samples: [short, samples], sampleRate });
    await expect(uneven).rejects.toThrow(RangeError);
  });

  test.each([800, samples.length])(
    "a stream in blocks of %i has the final segments of the whole",
    async (length) => {
      const { segments, ...whole } = await recognizer.analyze({ samples, sampleRate });
      const partialEverySec = 8;
      const options = { sampleRate, partialEverySec };
      const events = await collect(recognizer.stream(blocksOf(samples, length), options));
      expect(finalOf(events)).toEqual(segments);
      expect(events.at(-1)).toEqual({ type: "end", ...whole });
      expect(events.some(({ type }) => type === "partial")).toBe(true);
    },
  );

  test("a stream of silence or of nothing has no speech", async () => {
    const events = await collect(
      recognizer.stream(blocksOf(silence(40), 1600), { sampleRate, partialEverySec: 5 }),
    );
    expect(finalOf(events)).toMatchObject([{ startSec: 0, endSec: 40, emotion: null }]);
    const nothing = await collect(recognizer.stream(blocksOf(silence(0), 1), { sampleRate }));
    expect(nothing).toMatchObject([{ type: "end", durationSec: 0 }]);
  });

  test.each([
    [new Int16Array(1600), TypeError],
    [new Float64Array(1600), TypeError],
    [[0, 0], TypeError],
    ["text", TypeError],
    [Float32Array.of(0, Number.NaN), RangeError],
  ])("a stream of %o is refused", async (block, error) => {
    const blocks = Readable.from([silence(1), block]);
    const events = collect(recognizer.stream(blocks, { sampleRate }));
    await expect(events).rejects.toThrow(error);
  });

  test("a stream stops on abort, also while it waits, and when it is left", async () => {
    let isStopped = false;
    async function* waiting(): AsyncGenerator<Float32Array> {
      try {
        for (;;) {
          yield voice(1, 0.9);
          await delay(5);
        }
      } finally {
        isStopped = true;
      }
    }
    for await (const { type } of recognizer.stream(waiting(), { sampleRate })) {
      if (type === "partial") break;
    }
    await expect.poll(() => isStopped).toBe(true);
    const stop = new AbortController();
    const never: AsyncIterable<Float32Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
    };
    const events = collect(recognizer.stream(never, { sampleRate, signal: stop.signal }));
    stop.abort();
    await expect(events).rejects.toMatchObject({ code: "cancelled" });
  });

  test("clips have their labels by score", async () => {
    const clips = await recognizer.classify(
      [{ samples: voice(2, 0.9), sampleRate }, encodeWav(voice(2, 0.02), sampleRate)],
      { topK: 1 },
    );
    expect(clips).toMatchObject([[{ label: "angry" }], [{ label: "sad" }]]);
    const [all] = await recognizer.classify([{ samples: silence(1), sampleRate }]);
    expect(all?.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 3);
    const empty = recognizer.classify([{ samples: silence(0), sampleRate }]);
    await expect(empty).rejects.toMatchObject({ code: "audio-empty" });
  });

  test("an enrolled speaker changes the analysis", async () => {
    const speaker = await recognizer.enroll([{ samples: voice(4, 0.9), sampleRate }]);
    const known = await recognizer.analyze(path, { speaker });
    const unknown = await recognizer.analyze(path);
    expect(known.summary.confidence).toBeLessThan(unknown.summary.confidence!);
  });

  test("errors of the outside world and of the caller are told apart", async () => {
    await expect(recognizer.analyze(join(folder, "none.wav"))).rejects.toMatchObject({
      code: "file-not-found",
    });
    const tooLarge = recognizer.analyze(Readable.from([wav]), { maxBytes: 1000 });
    await expect(tooLarge).rejects.toMatchObject({ code: "audio-too-large" });
    const bad = Float32Array.of(0, Number.NaN);
    await expect(recognizer.analyze({ samples: bad, sampleRate })).rejects.toThrow(RangeError);
    await expect(recognizer.analyze({ samples: bad, sampleRate: 0 })).rejects.toThrow(RangeError);
    await expect(recognizer.analyze(JSON.parse("7"))).rejects.toThrow(TypeError);
    await expect(recognizer.analyze(path, { minConfidence: 2 })).rejects.toThrow(RangeError);
    const { url } = await servers.serve((_, response) => response.writeHead(404).end());
    await expect(recognizer.analyze(new URL(url))).rejects.toMatchObject({
      code: "network-failed",
    });
  });

  test("progress is reported, and a cancelled analysis stops", async () => {
    const stop = new AbortController();
    const onProgress = (doneSec: number): void => {
      if (doneSec > 1) stop.abort();
    };
    const options = { signal: stop.signal, onProgress };
    const analysis = recognizer.analyze({ samples, sampleRate }, options);
    await expect(analysis).rejects.toMatchObject({ code: "cancelled" });
  });

  test.skipIf(process.platform === "win32")(
    "a decoder that hangs is ended by abort, for a file and for bytes",
    async () => {
      const mp3 = join(import.meta.dirname, "../../test/fixtures/recognition/voice.mp3");
      const expected = await recognizer.analyze(mp3);
      const bytes = await readFile(mp3);
      for (const input of [mp3, bytes]) {
        expect(decoders().length).toBeGreaterThan(0);
        for (const pid of decoders()) process.kill(pid, "SIGSTOP");
        const stop = new AbortController();
        const hanging = recognizer.analyze(input, { signal: stop.signal });
        await delay(200);
        stop.abort();
        await expect(hanging).rejects.toMatchObject({ code: "cancelled" });
        for (const pid of decoders()) process.kill(pid, "SIGCONT");
        expect(await recognizer.analyze(input)).toEqual(expected);
      }
    },
  );

  test("many calls at once print no warning of the runtime", async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error): void => void warnings.push(warning);
    process.on("warning", warned);
    const clip = { samples: voice(0.1, 0.5), sampleRate };
    await Promise.all(Array.from({ length: 12 }, () => recognizer.analyze(clip)));
    process.off("warning", warned);
    expect(warnings).toEqual([]);
  });

  test("what onProgress throws is what the call rejects with, and the next call works", async () => {
    const options = { onProgress: throwing };
    await expect(recognizer.analyze(path, options)).rejects.toThrow(SyntaxError);
    expect((await recognizer.analyze(path)).durationSec).toBe(4);
  });

  test("arguments of other types are refused with what is expected", async () => {
    const recording = JSON.parse(JSON.stringify(path));
    await expect(recognizer.classify(recording)).rejects.toThrow(/array of recordings/);
    await expect(recognizer.enroll(recording)).rejects.toThrow(/array of recordings/);
    const array = JSON.parse("[]");
    await expect(collect(recognizer.stream(array, { sampleRate }))).rejects.toThrow(/async/);
    await expect(recognizer.enroll([])).rejects.toThrow(RangeError);
    const misspelt = JSON.parse('{ "speker": {} }');
    await expect(recognizer.analyze(path, misspelt)).rejects.toThrow(/"speaker"/);
    await expect(recognizer.analyze(new URL("ftp://host/x.wav"))).rejects.toThrow(/https:.*ftp:/);
    await expect(recognizer.analyze("")).rejects.toMatchObject({ message: "No path given." });
    await expect(recognizer.analyze("a\0.wav")).rejects.toMatchObject({ code: "file-not-found" });
  });

  test("after it is closed every call says so, and what was under way is stopped", async () => {
    const other = await loadRecognizer({ model: loudnessModelFile(), thread });
    const closed = { code: "closed" };
    const underWay = other.analyze(path).catch((error: unknown) => error);
    await other[Symbol.asyncDispose]();
    expect(await underWay).toMatchObject(closed);
    await expect(other.analyze(path)).rejects.toMatchObject(closed);
    await expect(other.classify([path])).rejects.toMatchObject(closed);
    await expect(other.enroll([path])).rejects.toMatchObject(closed);
    const stream = collect(other.stream(blocksOf(samples, 1600), { sampleRate }));
    await expect(stream).rejects.toMatchObject(closed);
    await other.close();
  });
});

/** The delay of the event loop in ms that 95 % of all are below. */
async function delayDuring(work: () => Promise<unknown>): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  await work();
  delays.disable();
  return delays.percentile(95) / 1e6;
}

test("the caller's event loop is not held up while a recording is analyzed", async () => {
  const recognizer = await loadRecognizer({ model: "small" });
  const long = { samples: voice(30, 0.5), sampleRate };
  await recognizer.analyze({ ...long, samples: long.samples.subarray(0, 16_000) });
  const idleMs = await delayDuring(() => delay(2000));
  const busyMs = await delayDuring(() => recognizer.analyze(long));
  await recognizer.close();
  // A machine that others use too has delays of its own.
  expect(busyMs).toBeLessThan(50 + 3 * idleMs);
});

test("loading that is cancelled stops", async () => {
  const loading = loadRecognizer({ model: "small", signal: AbortSignal.timeout(1) });
  await expect(loading).rejects.toMatchObject({ code: "cancelled" });
});

test("what onProgress throws while models load is what loading rejects with", async () => {
  vi.stubEnv("UNDERTONE_MODELS", undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const models = join(folder, "models");
  await mkdir(models);
  const owner = JSON.stringify({ pid: process.pid, host: hostname() });
  await writeFile(join(models, "moonshine-tiny.lock"), owner);
  const options = {
    transcriber: "moonshine-tiny",
    cacheFolder: folder,
    onProgress: throwing,
  };
  const loading = loadRecognizer({ model: loudnessModelFile(), ...options });
  await expect(loading).rejects.toThrow(SyntaxError);
});

test("a model that is none is refused by the thread", async () => {
  const text = join(folder, "text.onnx");
  await writeFile(text, "no model");
  await expect(loadRecognizer({ model: text })).rejects.toMatchObject({ code: "model-invalid" });
});
