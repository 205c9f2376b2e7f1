/**
 * Type-checks and runs the `@example` of each public function in a temporary folder with `speech.wav` (1.5 s, mono),
 * `call.wav` (a speaker on each channel), `corpus/` (a synthetic corpus of 2 speakers), the runs `runs/a` and `runs/b` on it,
 * `rated.csv` (its clips with a made-up arousal) and the run `runs/rated` on that.
 * Downloads are off.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeWav } from "../src/audio/wav.ts";
import { readCorpus } from "../src/datasets/read-corpus.ts";
import { synthesizeCorpus } from "../src/datasets/synthetic.ts";
import { writeClipTable } from "../src/datasets/write-table.ts";
import { train, trainDimensions } from "../src/train.ts";
import { vowel } from "./sounds.ts";
import { documentedFunctions, entryPoints, exampleModule } from "./support/doc-examples.ts";

/** Entry points that run in a browser only; their own tests run them there. */
const inBrowser = new Set(["undertone/web"]);

const names = [...entryPoints.keys()].filter((name) => !inBrowser.has(name));
const functions = (await Promise.all(names.map(documentedFunctions))).flat();
const examples = functions.flatMap(({ name, example }, index) =>
  example === undefined ? [] : [{ name, file: `example-${index}.ts`, example }],
);

const project = resolve(import.meta.dirname, "..");
const workingFolder = process.cwd();
let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "undertone-examples-")));
  const sampleRate = 16_000;
  const [low, high] = [120, 220].map((hz) => vowel(1.5, sampleRate, (t) => hz + 20 * t));
  await writeFile(join(folder, "speech.wav"), encodeWav(low!, sampleRate));
  await writeFile(join(folder, "call.wav"), encodeWav([low!, high!], sampleRate));
  await synthesizeCorpus(join(folder, "corpus"), { speakers: 2, clipsPerEmotion: 5, seed: 1 });
  await symlink(join(project, "node_modules"), join(folder, "node_modules"), "junction");
  await mkdir(join(folder, "code"));
  for (const { file, example } of examples) {
    await writeFile(join(folder, "code", file), exampleModule(example));
  }
  process.env["UNDERTONE_OFFLINE"] = "1";
  process.chdir(folder);
  for (const name of ["a", "b"]) {
    const settings = [`name=${name}`, "training.epochs=1"];
    await train({ recipe: "demo-audio", settings, data: "corpus", out: `runs/${name}` });
  }
  const { clips } = await readCorpus("corpus");
  const rated = clips.map((clip, index) => ({ ...clip, dimensions: { arousal: index % 5 } }));
  await writeClipTable("rated.csv", rated);
  await trainDimensions({
    recipe: "audio-cnn-dimensions",
    settings: ["training.epochs=1", "training.augmentation.views=1"],
    data: "rated.csv",
    out: "runs/rated",
  });
});

afterAll(async () => {
  process.chdir(workingFolder);
  await rm(folder, { recursive: true, force: true });
});

test.each(functions)("$name has an example", ({ example }) => {
  expect(example).toBeDefined();
});

test("the examples type-check", async () => {
  const config = {
    extends: join(project, "tsconfig.json"),
    compilerOptions: {
      noEmit: true,
      noPropertyAccessFromIndexSignature: false,
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
      rootDir: "/",
      module: "esnext",
      moduleResolution: "bundler",
      moduleDetection: "force",
      typeRoots: [join(project, "node_modules/@types")],
    },
    include: [join(folder, "code")],
  };
  await writeFile(join(folder, "code/tsconfig.json"), JSON.stringify(config));
  const tsc = join(project, "node_modules/typescript/bin/tsc");
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", "code"]).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe("");
});

test.each(examples)("the example of $name runs", { timeout: 60_000 }, async ({ file }) => {
  const module: { shown: [actual: unknown, expected: unknown][] } = await import(
    pathToFileURL(join(folder, "code", file)).href
  );
  for (const [actual, expected] of module.shown) expect(rounded(actual)).toEqual(expected);
});

/** A value with its numbers rounded to 6 places, and typed arrays as arrays. */
function rounded(value: unknown): unknown {
  if (value instanceof Float32Array) return Array.from(value, rounded);
  return typeof value === "number" ? Number(value.toFixed(6)) : value;
}
