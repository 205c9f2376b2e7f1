/** The package as npm installs it: built, in another project's node_modules, used by its name. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { loudnessModelFile } from "../support/loudness-model.ts";
import { synthesizeVoice } from "../support/voice.ts";

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, "../..");
const tsc = join(repository, "node_modules/typescript/bin/tsc");
const loader = createRequire(import.meta.url).resolve("tsx");

let project = "";
let installed = "";
let wav = "";
let model = "";

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "undertone-package-"));
  installed = join(project, "node_modules/undertone");
  await mkdir(installed, { recursive: true });
  await copyFile(join(repository, "package.json"), join(installed, "package.json"));
  await symlink(join(repository, "node_modules"), join(installed, "node_modules"));
  const outDir = join(installed, "dist");
  await run(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", outDir], {
    cwd: repository,
  });
  wav = join(project, "loud.wav");
  model = join(project, "model.onnx");
  const voice = synthesizeVoice(3, { sampleRate: 44_100, level: 0.9 });
  await writeFile(wav, encodeWav(voice, 44_100));
  await copyFile(wav, join(project, "same.wav"));
  await writeFile(model, loudnessModelFile());
}, 180_000);

afterAll(() => rm(project, { recursive: true, force: true }));

test("a program imports the library by its name and analyses a file and samples", async () => {
  await writeFile(
    join(project, "program.mjs"),
    `import { loadRecognizer, UndertoneError } from "undertone";
    const recognizer = await loadRecognizer({ model: process.argv[3] });
    const { dominantEmotion } = await recognizer.analyze(process.argv[2]);
    const silence = await recognizer.analyze(new Float32Array(8000), { sampleRate: 8000 });
    const refusal = await recognizer.analyze(new Float32Array(1)).catch((error) => error.name);
    const missing = await recognizer.analyze("no.wav").catch((error) => error.code);
    await recognizer.close();
    console.log(JSON.stringify({ dominantEmotion, silence, refusal, missing }));`,
  );
  const { stdout } = await run(process.execPath, [join(project, "program.mjs"), wav, model]);
  expect(JSON.parse(stdout)).toMatchObject({
    dominantEmotion: "angry",
    silence: { durationSec: 1, dominantEmotion: null, segments: [{ startSec: 0, endSec: 1 }] },
    refusal: "TypeError",
    missing: "file-not-found",
  });
});

test("its types are there for a strict program", async () => {
  await writeFile(
    join(project, "program.ts"),
    `import { loadRecognizer, type Segment } from "undertone";
    const recognizer = await loadRecognizer();
    const { segments } = await recognizer.analyze(new Float32Array(9), { sampleRate: 8000 });
    export const first: Segment | undefined = segments[0];
    // @ts-expect-error samples need their rate
    await recognizer.analyze(new Float32Array(9));`,
  );
  await writeFile(join(project, "package.json"), '{ "type": "module" }');
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023"];
  const words = [tsc, ...options, "--skipLibCheck", "program.ts"];
  expect((await run(process.execPath, words, { cwd: project })).stdout).toBe("");
});

test("the built command line analyses a folder in processes of its own", async () => {
  const main = join(installed, "dist/cli/main.js");
  const words = [main, "analyze", project, "--model", model, "--no-transcript"];
  const { stdout } = await run(process.execPath, words);
  expect(stdout.match(/angry/g)).toHaveLength(2);
});

test("the example prints the timeline", async () => {
  const example = join(repository, "examples/analyze-file.ts");
  const { stdout } = await run(process.execPath, ["--import", loader, example, wav, model]);
  expect(stdout).toMatch(/^3 s, of which [\d.]+ s speech\n0 to .+: angry/);
});

test("the example of voice features finds the pitch that was synthesized", async () => {
  const example = join(repository, "examples/voice-features.ts");
  const { stdout } = await run(process.execPath, ["--import", loader, example, wav]);
  const pitchHz = Number(/pitch (\d+) Hz/.exec(stdout)?.[1]);
  expect(pitchHz).toBeGreaterThan(110);
  expect(pitchHz).toBeLessThan(180);
});
