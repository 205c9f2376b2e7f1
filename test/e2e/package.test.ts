/** The package as npm installs it: built, in another project's node_modules, used by its name. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { copyFile, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { build as buildPage, preview } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { synthesizeCorpus } from "../../src/datasets/synthetic.ts";
import { hasChromium, openBrowser } from "../support/browser.ts";
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
  await symlink(join(repository, "models"), join(installed, "models"));
  const dependencies = await readdir(join(repository, "node_modules"));
  for (const name of dependencies.filter((each) => !each.startsWith("."))) {
    await symlink(join(repository, "node_modules", name), join(project, "node_modules", name));
  }
  const outDir = join(installed, "dist");
  await run(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", outDir], {
    cwd: repository,
  });
  await writeFile(join(project, "package.json"), '{ "type": "module" }');
  wav = join(project, "loud.wav");
  model = join(project, "model.onnx");
  const voice = synthesizeVoice(3, { sampleRate: 44_100, level: 0.9 });
  await writeFile(wav, encodeWav(voice, 44_100));
  await copyFile(wav, join(project, "same.wav"));
  await writeFile(model, loudnessModelFile());
}, 180_000);

afterAll(() => rm(project, { recursive: true, force: true }));

test("a program imports the library by its name and analyzes a file and samples", async () => {
  await writeFile(
    join(project, "program.mjs"),
    `import { loadRecognizer, UndertoneError } from "undertone";
    const recognizer = await loadRecognizer({ model: process.argv[3] });
    const { summary: { dominantEmotion } } = await recognizer.analyze(process.argv[2]);
    const silence = await recognizer.analyze({ samples: new Float32Array(8000), sampleRate: 8000 });
    const refusal = await recognizer.analyze(new Float32Array(1)).catch((error) => error.name);
    const missing = await recognizer.analyze("no.wav").catch((error) => error.code);
    await recognizer.close();
    console.log(JSON.stringify({ dominantEmotion, silence, refusal, missing }));`,
  );
  const { stdout } = await run(process.execPath, [join(project, "program.mjs"), wav, model]);
  expect(JSON.parse(stdout)).toMatchObject({
    dominantEmotion: "angry",
    silence: {
      durationSec: 1,
      summary: { dominantEmotion: null },
      segments: [{ startSec: 0, endSec: 1 }],
    },
    refusal: "TypeError",
    missing: "file-not-found",
  });
});

test("a CommonJS program requires each entry point", async () => {
  await writeFile(
    join(project, "program.cjs"),
    `const { loadRecognizer } = require("undertone");
    const audio = require("undertone/audio");
    const train = require("undertone/train");
    const metrics = require("undertone/metrics");
    const web = require("undertone/web");
    loadRecognizer({ model: process.argv[3] }).then(async (recognizer) => {
      const { warnings } = await recognizer.analyze(process.argv[2]);
      await recognizer.close();
      const names = [audio, train, metrics, web].map((entry) => Object.keys(entry).length > 0);
      console.log(JSON.stringify({ warnings, names }));
    });`,
  );
  const { stdout, stderr } = await run(process.execPath, [
    join(project, "program.cjs"),
    wav,
    model,
  ]);
  expect(JSON.parse(stdout)).toEqual({ warnings: [], names: [true, true, true, true] });
  expect(stderr).toBe("");
});

test.each([
  ["nodenext", "program.mts"],
  ["nodenext", "program.cts"],
  ["node16", "program.mts"],
  ["preserve", "program.ts"], // resolves as bundlers do
])("its types are there for a strict program: %s, %s", async (module, name) => {
  await writeFile(
    join(project, name),
    `import { loadRecognizer, type Segment } from "undertone";
    import { confusionMatrix } from "undertone/metrics";
    import { readCorpus, train } from "undertone/train";
    import { mfcc } from "undertone/audio";
    import { loadRecognizer as loadInBrowser } from "undertone/web";
    export const all = [confusionMatrix, readCorpus, train, mfcc, loadInBrowser];
    export async function first(): Promise<Segment | undefined> {
      await using recognizer = await loadRecognizer();
      const { segments } = await recognizer.analyze({ samples: new Float32Array(9), sampleRate: 8000 });
      // @ts-expect-error the default model has no such label
      if (segments[0]?.emotion === "bored") return undefined;
      // @ts-expect-error samples need their rate
      await recognizer.analyze({ samples: new Float32Array(9) });
      return segments[0];
    }`,
  );
  const options = ["--noEmit", "--strict", "--module", module, "--target", "es2023"];
  const words = [tsc, ...options, "--lib", "es2023,dom,esnext.disposable", "--types", "", name];
  const { stdout } = await run(process.execPath, words, { cwd: project }).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe("");
});

test("esbuild bundles a server that loads ONNX Runtime from its package", async () => {
  await writeFile(
    join(project, "server.mjs"),
    `import { loadRecognizer } from "undertone";
    const recognizer = await loadRecognizer({ model: process.argv[3], thread: false });
    console.log((await recognizer.analyze(process.argv[2])).summary.dominantEmotion);
    await recognizer.close();`,
  );
  await build({
    entryPoints: [join(project, "server.mjs")],
    outfile: join(project, "bundle.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["onnxruntime-node", "onnxruntime-web"],
    logLevel: "error",
  });
  const { stdout } = await run(process.execPath, [join(project, "bundle.mjs"), wav, model]);
  expect(stdout.trim()).toBe("angry");
});

test.skipIf(!hasChromium)(
  "Vite builds the example page, which analyzes a file in Chromium",
  async () => {
    const root = join(project, "page");
    await cp(join(repository, "examples/browser"), root, { recursive: true });
    await buildPage({ root, configFile: false, logLevel: "error" });
    const server = await preview({ root, configFile: false, preview: { port: 0 } });
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      await page.goto(server.resolvedUrls!.local[0]!);
      await page.getByText("Choose a file.").waitFor();
      await page.locator("input").setInputFiles(wav);
      await page.getByText("loud.wav: 3 s").waitFor();
      expect(await page.locator("tbody tr").count()).toBeGreaterThan(0);
    } finally {
      await browser.close();
      await server.close();
    }
  },
);

test.each([
  [{}, { name: "wasm", warnings: 1 }],
  [{ ORT_DISABLE_TELEMETRY: "1" }, { name: "native", warnings: 0 }],
])("in a thread with the environment %j the runtime is %j", async (env, expected) => {
  const runtime = pathToFileURL(join(installed, "dist/graph/runtime.node.js")).href;
  const program = `
    const { parentPort } = require("node:worker_threads");
    import(${JSON.stringify(runtime)}).then(async ({ nodeRuntime }) => {
      const { name, warnings } = await nodeRuntime();
      parentPort.postMessage({ name, warnings: warnings.length });
    });`;
  const worker = new Worker(program, { eval: true, env });
  const [answer] = await once(worker, "message");
  await worker.terminate();
  expect(answer).toEqual(expected);
});

test("the built command line analyzes a folder in processes of its own", async () => {
  const main = join(installed, "dist/cli/main.js");
  const words = [main, "analyze", project, "--model", model, "--no-transcript"];
  const { stdout } = await run(process.execPath, words);
  expect(stdout.match(/angry/g)).toHaveLength(2);
});

/** Runs a copy of an example outside the repository, with the package that is installed there. */
async function runExample(name: string, ...words: readonly string[]): Promise<{ stdout: string }> {
  const example = join(project, name);
  await copyFile(join(repository, "examples", name), example);
  return run(process.execPath, ["--import", loader, example, ...words], { cwd: project });
}

test("the example of a model of one's own trains its network", async () => {
  const corpus = join(project, "corpus");
  await synthesizeCorpus(corpus, { speakers: 6, clipsPerEmotion: 1, seed: 1 });
  const { stdout } = await runExample("own-model.ts", corpus, join(project, "run"));
  expect(stdout).toMatch(/^UAR [01]\.\d{3}\n$/);
});

test("the example prints the timeline", async () => {
  const { stdout } = await runExample("file.ts", wav, model);
  expect(stdout).toMatch(/^3 s, of which [\d.]+ s speech\n0 to .+: angry/);
});

test("the example of voice features finds the pitch that was synthesized", async () => {
  const { stdout } = await runExample("voice-features.ts", wav);
  const pitchHz = Number(/pitch (\d+) Hz/.exec(stdout)?.[1]);
  expect(pitchHz).toBeGreaterThan(110);
  expect(pitchHz).toBeLessThan(180);
});
