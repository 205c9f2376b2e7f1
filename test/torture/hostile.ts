/** Gives models, recipes, tables and download sources that are made to harm: each is refused by a code of its own. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeWav } from "../../src/audio/wav.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { get, readJson } from "../../src/downloads/http.ts";
import { WorkerProcess } from "../../src/recognition/worker-process.node.ts";
import { UndertoneError } from "../../src/shared/errors.ts";
import { synthesizeVoice } from "../support/voice.ts";
import { WebServers } from "../support/web-server.ts";
import { run } from "./commands.ts";
import { endlessModel, refusedModels } from "./inputs/models.ts";
import { Tally } from "./tally.ts";

/** Refused by a code, in words for people. */
const isRefusal = ({ exitCode, stderr }: { exitCode: number | null; stderr: string }): boolean =>
  exitCode !== 0 &&
  exitCode !== null &&
  stderr !== "" &&
  !/^\s+at |error in undertone/m.test(stderr);

export async function tortureHostile(): Promise<Tally[]> {
  const root = await mkdtemp(join(tmpdir(), "undertone-hostile-"));
  try {
    return [await models(root), await recipes(root), await tables(root), await sources()];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function models(root: string): Promise<Tally> {
  const tally = new Tally("hostile models");
  const wav = join(root, "a.wav");
  await writeFile(wav, encodeWav(synthesizeVoice(1, { sampleRate: 16_000, level: 0.9 }), 16_000));
  const path = join(root, "model.onnx");
  for (const [name, make] of Object.entries(refusedModels)) {
    await writeFile(path, make());
    const ended = await run(["analyze", wav, "--model", path, "--no-transcript"]);
    tally.count(isRefusal(ended) ? "told" : "failed", `${name}: ${ended.exitCode} ${ended.stderr}`);
  }
  await writeFile(path, endlessModel());
  const worker = new WorkerProcess({ model: path, recognition: {} }, { stallMs: 10_000 });
  const outcome = await worker.analyze(wav);
  worker.stop();
  const code = "error" in outcome ? outcome.error.code : undefined;
  tally.count(code === "audio-corrupt" ? "told" : "failed", `a loop: ${code}`);
  return tally;
}

async function recipes(root: string): Promise<Tally> {
  const tally = new Tally("hostile recipes");
  const corpus = join(root, "corpus");
  await synthesizeCorpus(corpus, { speakers: 3, clipsPerEmotion: 1, seed: 1 });
  const common = { name: "x", protocol: "leave-one-speaker-out", validationSpeakers: 1 };
  const cnn = { kind: "audio-cnn" };
  const hostile: Record<string, unknown> = {
    "no JSON": "{",
    nothing: {},
    "a batch of a billion": { ...common, model: cnn, training: { batchSize: 1e9 } },
    "frames of a year": { ...common, model: cnn, features: { frames: 65_536, hopLength: 65_536 } },
    "channels of a billion": { ...common, model: { ...cnn, channels: [1e9] } },
    "weights of terabytes": { ...common, model: { ...cnn, channels: [65_536, 65_536] } },
    "a rate of 2 GHz": { ...common, model: cnn, features: { sampleRate: 2e9 } },
    "a rate of learning of 1e300": { ...common, model: cnn, training: { learningRate: 1e300 } },
    "a prototype": '{"__proto__":{"model":{"kind":"audio-cnn"}},"name":"x"}',
  };
  const path = join(root, "recipe.json");
  for (const [name, recipe] of Object.entries(hostile)) {
    await writeFile(path, typeof recipe === "string" ? recipe : JSON.stringify(recipe));
    const ended = await run(["train", path, "--data", corpus, "--out", join(root, "run")]);
    tally.count(isRefusal(ended) ? "told" : "failed", `${name}: ${ended.exitCode} ${ended.stderr}`);
  }
  return tally;
}

async function tables(root: string): Promise<Tally> {
  const tally = new Tally("hostile tables");
  const row = "nothing.wav,happy,1\n";
  const hostile: Record<string, string | Uint8Array> = {
    empty: "",
    "a header alone": "file,emotion,speaker\n",
    binary: new Uint8Array(100_000).map((_, n) => (n * 7919) % 256),
    "one open quote": `file,emotion,speaker\n"${row.repeat(1000)}`,
    "JSON of a deep array": "[".repeat(1e6),
    "paths that lead out": "file,emotion,speaker\n../../../../etc/passwd,happy,1\n",
    "a million rows of nothing there": `file,emotion,speaker\n${row.repeat(1e6)}`,
  };
  for (const [name, content] of Object.entries(hostile)) {
    const path = join(root, name.startsWith("JSON") ? "table.jsonl" : "table.csv");
    await writeFile(path, content);
    const ended = await run(["dataset", "stats", path]);
    tally.count(
      isRefusal(ended) ? "told" : "failed",
      `${name}: ${ended.exitCode} ${ended.stderr.slice(0, 300)}`,
    );
  }
  return tally;
}

async function sources(): Promise<Tally> {
  const tally = new Tally("hostile sources");
  const servers = new WebServers();
  const { url } = await servers.serve((request, response) => {
    const to = new Map([
      ["/none", "http://["],
      ["/loop", "/loop"],
      ["/file", "file:///etc/passwd"],
    ]);
    const place = to.get(request.url ?? "");
    if (place !== undefined) {
      response.writeHead(302, { location: place }).end();
      return;
    }
    response.writeHead(200, { "content-type": "application/json" });
    const part = Buffer.alloc(1 << 20, "[");
    const more = (): void => {
      while (!response.destroyed && response.write(part));
    };
    response.on("drain", more);
    more();
  });
  for (const path of ["/none", "/loop", "/file", "/endless"]) {
    const { signal } = new AbortController();
    const code = await get({ url: `${url}${path}` }, {}, signal)
      .then((response) => readJson(response, new URL(url)))
      .then(
        () => "accepted",
        (error: unknown) => (error instanceof UndertoneError ? error.code : String(error)),
      );
    tally.count(code === "network-failed" ? "told" : "failed", `${path}: ${code}`);
  }
  servers.close();
  return tally;
}
