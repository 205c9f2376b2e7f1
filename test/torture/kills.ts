/** Kills analyses and trainings at random moments and at each call that names, flushes or removes files; each is resumed. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeWav } from "../../src/audio/wav.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { Random } from "../../src/shared/random.ts";
import { loudnessModelFile } from "../support/loudness-model.ts";
import { tinyFeatures } from "../support/tiny-features.ts";
import { synthesizeVoice } from "../support/voice.ts";
import { answer, WebServers } from "../support/web-server.ts";
import { hasStrace, run } from "./commands.ts";
import { Tally, type TortureOptions } from "./tally.ts";

/** A command that can be resumed, and what it leaves behind. */
interface Attacked {
  /** In place of `undertone`. */
  readonly program?: string;
  readonly name: string;
  readonly words: readonly string[];
  /** The folder of all that it reads and writes. */
  readonly root: string;
  /** Resolves to what has to be the same, however often it was killed. */
  outcome(): Promise<string>;
  /** Removes what it left. */
  clear(): Promise<void>;
  close?(): void;
}

async function analysis(root: string): Promise<Attacked> {
  const folder = join(root, "sounds");
  await writeFile(join(root, "model.onnx"), loudnessModelFile());
  const sound = encodeWav(synthesizeVoice(1, { sampleRate: 16_000, level: 0.9 }), 16_000);
  await mkdir(folder);
  for (let n = 0; n < 8; n++) await writeFile(join(folder, `${n}.wav`), sound);
  const out = join(root, "results.jsonl");
  const model = ["--model", join(root, "model.onnx"), "--no-transcript", "--jobs", "2"];
  return {
    name: "an analysis",
    root,
    words: ["analyze", folder, ...model, "--out", out, "--resume"],
    outcome: async () => {
      const lines = (await readFile(out, "utf8")).trimEnd().split("\n");
      const left = (await readdir(root)).filter((name) => /\.(lock|tmp|clearing)$/.test(name));
      return [...lines.map((line) => JSON.stringify(JSON.parse(line))).toSorted(), ...left].join();
    },
    clear: () => rm(out, { force: true }),
  };
}

async function training(root: string): Promise<Attacked> {
  const corpus = join(root, "corpus");
  await synthesizeCorpus(corpus, { speakers: 3, clipsPerEmotion: 1, seed: 1 });
  const recipe = join(root, "tiny.json");
  await writeFile(
    recipe,
    JSON.stringify({
      name: "tiny",
      protocol: "leave-one-speaker-out",
      validationSpeakers: 1,
      features: tinyFeatures,
      model: { kind: "audio-cnn", channels: [4], hidden: 8 },
      training: { epochs: 6, batchSize: 8 },
    }),
  );
  const out = join(root, "run");
  return {
    name: "a training",
    root,
    words: ["train", recipe, "--data", corpus, "--out", out, "--folds", "1", "--resume"],
    outcome: async () => {
      const files = await readdir(out, { recursive: true });
      const predictions = files.filter((name) => name.endsWith("predictions.csv")).toSorted();
      const texts = await Promise.all(predictions.map((name) => readFile(join(out, name), "utf8")));
      const left = files.filter((name) => /\.(lock|tmp|clearing)$/.test(name));
      return [predictions.length > 0, ...texts, ...left].join("\n");
    },
    clear: () => rm(out, { recursive: true, force: true }),
  };
}

/** Sends parts of the file, so that a kill finds the pull in the middle of it. */
async function pull(root: string): Promise<Attacked> {
  const servers = new WebServers();
  const contents = ["encoder.onnx", "decoder.onnx"].map((path, index): [string, Buffer] => [
    path,
    Buffer.from(Uint8Array.from({ length: 2e6 }, (_, n) => (n * 7919 + index) % 251)),
  ]);
  const { url } = await servers.serve(async (request, response) => {
    const [, body] = contents.find(([path]) => request.url?.endsWith(path)) ?? [];
    if (body === undefined) return response.writeHead(404).end();
    const until = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0) + 4e5;
    await sleep(50);
    return answer(response, body, { until });
  });
  const files = contents.map(([path, bytes]) => {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return [path, { path, size: bytes.length, sha256 }] as const;
  });
  const models = join(root, "models");
  return {
    name: "a pull",
    root,
    program: join(import.meta.dirname, "pull-child.ts"),
    words: [url, models, JSON.stringify(Object.fromEntries(files))],
    outcome: async () => {
      const left = (await readdir(models, { recursive: true })).toSorted();
      const got = await Promise.all(
        contents.map(async ([path, bytes]) =>
          bytes.equals(await readFile(join(models, "small", path))),
        ),
      );
      return [...left, ...got].join();
    },
    clear: () => rm(models, { recursive: true, force: true }),
    close: () => servers.close(),
  };
}

/** Words of the command before there is anything to resume. */
const first = (words: readonly string[]): string[] => words.filter((word) => word !== "--resume");

export async function tortureKills({ seed, size }: TortureOptions): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const prepare of [analysis, training, pull]) {
    const root = await mkdtemp(join(tmpdir(), "undertone-torture-"));
    try {
      const attacked = await prepare(root);
      tallies.push(await attack(attacked, { seed, size }));
      attacked.close?.();
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  }
  return tallies;
}

/** Lets a minute pass over the temporary files below a folder: for as long another process may be at them. */
async function age(root: string): Promise<void> {
  const then = new Date(Date.now() - 61_000);
  for (const name of await readdir(root, { recursive: true })) {
    if (name.endsWith(".tmp")) await utimes(join(root, name), then, then);
  }
}

async function attack(attacked: Attacked, { seed, size }: TortureOptions): Promise<Tally> {
  const { name, program, words } = attacked;
  const tally = new Tally(`kills of ${name}`);
  const unbroken = await run(first(words), { program });
  const expected = await attacked.outcome();
  const random = new Random(seed, "kills", name);
  const count = Math.ceil(30 * size);
  const kills = [
    ...Array.from({ length: count }, () => ({ killMs: random.uniform() * unbroken.tookMs })),
    ...Array.from({ length: hasStrace ? count : 0 }, (_, n) => ({ killCall: n + 1 })),
  ];
  for (const kill of kills) {
    await attacked.clear();
    await run(first(words), { program, ...kill });
    await age(attacked.root);
    const resumed = await run(words, { program });
    // What was killed before it had begun cannot be resumed.
    const again = resumed.exitCode === 0 ? resumed : await run(first(words), { program });
    const what = `${JSON.stringify(kill)}: exit ${again.exitCode}, ${again.stderr.slice(0, 300)}`;
    const isSame = again.exitCode === 0 && (await attacked.outcome()) === expected;
    tally.count(isSame ? "right" : "failed", what);
  }
  return tally;
}
