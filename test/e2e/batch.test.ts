/** Analysis and training by a queue, with workers that are killed. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi, type MockInstance } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { openCommandLine } from "../../src/cli/commands.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { finishedJobs } from "../../src/recognition/batch-folder.node.ts";
import { readFoldState } from "../../src/runs/run-folder.ts";
import { defaultLimits } from "../../src/server/service/limits.ts";
import { startService } from "../../src/server/service/start-service.ts";
import { Tokens } from "../../src/server/service/tokens.ts";
import { UndertoneError } from "../../src/shared/errors.ts";
import { commandLine } from "../support/command-line.ts";
import { startDatabase, type DatabaseServer } from "../support/databases.ts";
import { loudnessModelFile } from "../support/loudness-model.ts";
import { tinyFeatures } from "../support/tiny-features.ts";
import { train } from "../support/training.ts";
import { synthesizeVoice } from "../support/voice.ts";

const start = startDatabase.redis;
const undertone = await openCommandLine();
let root = "";
let server: DatabaseServer;
let printed: MockInstance<typeof console.log>;

/** Runs a command in this process; resolves to the code of its error. */
async function call(...words: readonly string[]): Promise<string | undefined> {
  try {
    await undertone.parseAsync(words, { from: "user" });
    return undefined;
  } catch (error) {
    return error instanceof UndertoneError ? error.code : String(error);
  }
}

beforeAll(async () => {
  if (start === undefined) return;
  printed = vi.spyOn(console, "log").mockReturnValue();
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  root = await mkdtemp(join(tmpdir(), "undertone-batch-"));
  vi.stubEnv("NODE_OPTIONS", `--import ${createRequire(import.meta.url).resolve("tsx")}`);
  vi.stubEnv("XDG_CACHE_HOME", join(root, "cache"));
  server = await start();
  vi.stubEnv("UNDERTONE_QUEUE", server.url);
});

afterAll(async () => {
  await server?.stop();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

const work = ["batch", "work", "--jobs", "1", "--until-empty", "--lease", "1"];

test.skipIf(!start)(
  "a killed worker loses nothing, and the bits are those of one run",
  async () => {
    const calls = join(root, "calls");
    const model = join(root, "model.onnx");
    await writeFile(model, loudnessModelFile());
    await mkdir(calls);
    for (let n = 0; n < 24; n++) {
      const samples = synthesizeVoice(1, { sampleRate: 16_000, level: 0.03 * (n + 1) });
      await writeFile(join(calls, `${n}.wav`), encodeWav(samples, 16_000));
    }
    await writeFile(join(calls, "same-as-0.wav"), await readFile(join(calls, "0.wav")));
    await writeFile(join(calls, "text.wav"), "This is no sound.");
    const how = ["--model", model, "--no-transcript"];
    const results = join(root, "results");
    const submit = ["batch", "submit", calls, "--out", results, ...how];
    expect(await call(...submit)).toBeUndefined();
    expect(await call(...submit)).toBeUndefined();

    const killed = spawn(process.execPath, commandLine(...work), { stdio: "ignore" });
    await progressOf(results, killed);
    killed.kill("SIGKILL");
    await once(killed, "exit");
    expect((await finishedJobs(results)).size).toBeLessThan(24);
    expect(await call("batch", "collect", results, "--out", join(root, "early.jsonl"))).toBe(
      "busy",
    );
    expect(await call(...work)).toBeUndefined();
    expect((await finishedJobs(results)).size).toBe(24);

    const collected = join(root, "collected.jsonl");
    expect(await call("batch", "collect", results, "--out", collected)).toBe("some-failed");
    const direct = join(root, "direct.jsonl");
    await call("analyze", calls, "--out", direct, "--jobs", "1", ...how);
    expect(await sorted(collected)).toEqual(await sorted(direct));

    printed.mockClear();
    await call("batch", "status", results);
    expect(printed.mock.calls.flat()).toEqual([
      "25 of 26 recordings done.",
      "Queue: 0 waiting, 0 running, 1 failed.",
      expect.stringMatching(/text\.wav: .*\(1 attempt\)$/),
    ]);
    await call("batch", "cancel", results);
    expect(await call("batch", "submit", calls, "--out", results, ...how, "--max-ood", "0.5")).toBe(
      "usage",
    );
  },
);

const sorted = async (path: string): Promise<string[]> =>
  (await readFile(path, "utf8")).split("\n").toSorted();

/** Waits until some results are there. */
async function progressOf(results: string, worker: ChildProcess): Promise<void> {
  while ((await finishedJobs(results)).size < 3) {
    if (worker.exitCode !== null) throw new Error(`The worker ended: ${worker.exitCode}.`);
    await sleep(5);
  }
}

test.skipIf(!start)(
  "folds that workers of a queue train have the bits of one machine",
  async () => {
    const corpus = join(root, "corpus");
    await synthesizeCorpus(corpus, { speakers: 2, clipsPerEmotion: 1, seed: 1 });
    const recipe = join(root, "tiny.json");
    const content = {
      name: "tiny",
      protocol: "leave-one-speaker-out",
      validationSpeakers: 0,
      features: tinyFeatures,
      model: { kind: "audio-cnn", channels: [4], hidden: 8 },
      training: { epochs: 2, batchSize: 4 },
    };
    await writeFile(recipe, JSON.stringify(content));
    const shared = join(root, "shared");
    const alone = await train({
      recipe: content,
      data: corpus,
      runFolder: join(root, "alone"),
      cacheFolder: join(root, "cache-alone"),
    });
    const ended = new AbortController();
    const whole = call("train", recipe, "--data", corpus, "--threads", "1", "--out", shared);
    void whole.finally(() => ended.abort());
    while (!ended.signal.aborted) await call(...work);
    expect(await whole).toBeUndefined();
    for (const fold of ["fold-1", "fold-2"]) {
      const [a, b] = [join(alone, fold), join(shared, fold)];
      expect((await readFoldState(b))?.weightsSha256).toBe((await readFoldState(a))?.weightsSha256);
      for (const file of ["predictions.csv", "split.json"]) {
        expect(await readFile(join(b, file))).toEqual(await readFile(join(a, file)));
      }
    }
  },
);

test.skipIf(!start)("a server's jobs are done by workers of its queue", async () => {
  const model = join(root, "served.onnx");
  await writeFile(model, loudnessModelFile());
  const ended = new AbortController();
  const service = await startService({
    version: "1.2.3",
    host: "127.0.0.1",
    port: 0,
    model,
    transcriber: false,
    workers: 1,
    limits: defaultLimits,
    tokens: Tokens.of("ut_a-token-of-the-tests"),
    allowedHosts: [],
    folder: join(root, "served"),
    queue: server.url,
    log: () => undefined,
    onProgress: () => undefined,
    signal: ended.signal,
  });
  const ask = async (path: string, init: RequestInit = {}): Promise<string> => {
    const headers = { authorization: "Bearer ut_a-token-of-the-tests" };
    return (await fetch(service.url + path, { ...init, headers })).text();
  };
  const sound = encodeWav(synthesizeVoice(1, { sampleRate: 16_000, level: 0.5 }), 16_000);
  const body = new FormData();
  body.append("file", new Blob([new Uint8Array(sound)]), "loud.wav");
  const asked = { method: "POST", body };
  const { id } = JSON.parse(await ask("/v1/jobs", asked));
  const done = async () => {
    await call(...work);
    return JSON.parse(await ask(`/v1/jobs/${id}`)).status;
  };
  await expect.poll(done).toBe("finished");
  const direct = JSON.parse(await ask("/v1/audio/emotions", asked));
  const [line = ""] = (await ask(`/v1/jobs/${id}/results`)).split("\n");
  expect(JSON.parse(line)).toEqual({ index: 0, name: "loud.wav", ...direct });
  await service.close();
});

test("a queue that does not answer is told before a server loads its models", async () => {
  const folder = await mkdtemp(join(tmpdir(), "undertone-no-queue-"));
  const words = ["--queue", "redis://127.0.0.1:1", "--folder", folder];
  expect(await call("serve", ...words)).toBe("network-failed");
  await rm(folder, { recursive: true });
});

test("all recordings at once are no reference for jobs of a queue", async () => {
  const words = ["batch", "submit", ".", "--queue", "redis://127.0.0.1:1", "--out", "out"];
  expect(await call(...words, "--reference", "folder")).toBe("usage");
});

test("a queue is asked for by name", async () => {
  vi.stubEnv("UNDERTONE_QUEUE", undefined);
  expect(await call("batch", "status")).toBe("usage");
  expect(exitCodes.usage).toBe(2);
});
