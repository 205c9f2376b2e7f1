/**
 * Measures Undertone in Chromium, as the studio and `undertone/web` run: `npx tsx bench/web/main.ts --recording FILE [--out FILE]`.
 * The recording is a WAV file of 16 bits; models that need a download must be in the cache already.
 */
import { copyFile, mkdtemp, mkdir, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { cacheFolder } from "../../src/shared/cache-folder.node.ts";
import { openBrowser, openPage, serveSources } from "../../test/support/browser.ts";
import { measuredOn, writeMeasured } from "../../studies/measured-section.ts";
import { number, table } from "../speed/table.ts";

const repository = resolve(import.meta.dirname, "../..");
const { values } = parseArgs({
  options: { recording: { type: "string" }, out: { type: "string" } },
});
if (values.recording === undefined) throw new RangeError("bench/web: --recording is missing");

const systems = [
  { title: "voice, `small`", options: { model: "small" } },
  { title: "voice, `default`", options: { model: "default" } },
  {
    title: "voice and words, `default` and `moonshine-base`",
    options: { model: "default", transcriber: "moonshine-base" },
  },
] as const;
const trainingSteps = 20;

const folder = await mkdtemp(join(tmpdir(), "undertone-bench-"));
const models = join(folder, "models");
await mkdir(models);
for (const name of ["default", "small", "words"]) {
  await symlink(join(repository, `models/${name}.onnx`), join(models, `${name}.onnx`));
}
for (const name of ["moonshine-base", "silero-vad"]) {
  await symlink(join(cacheFolder(process.env), "models", name), join(models, name));
}
await copyFile(values.recording, join(folder, "recording.wav"));
const { size } = await stat(values.recording);
const server = await serveSources({
  root: join(repository, "test/browser"),
  publicDir: folder,
  cacheDir: join(folder, "cache"),
  server: {
    port: 0,
    fs: { strict: false },
    headers: {
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    },
  },
});
const browser = await openBrowser();

/** Resolves to what a page of its own measures, so that it has its number of threads. */
async function measured<T>(work: (page: Page) => Promise<T>): Promise<T> {
  const page = await openPage(browser, server.url);
  await page.waitForFunction(() => "undertone" in globalThis);
  try {
    return await work(page);
  } finally {
    await page.close();
  }
}

const rows: string[][] = [];
for (const threads of [1, 2]) {
  for (const { title, options } of systems) {
    const given = { ...options, threads, modelsUrl: "models/" };
    const { loadSec, analyzeSec, durationSec } = await measured((page) =>
      page.evaluate((all) => globalThis.undertone.time(all, "recording.wav"), given),
    );
    const speed = `${number(durationSec / analyzeSec)} × real time`;
    rows.push([title, String(threads), `${number(loadSec)} s`, speed]);
    process.stderr.write(`${rows.at(-1)!.join(", ")}\n`);
  }
  const clipsPerSec = await measured((page) =>
    page.evaluate((all) => globalThis.undertone.timeTraining(all), { threads, trainingSteps }),
  );
  rows.push(["training of `audio-cnn`", String(threads), "", `${number(clipsPerSec)} clips/s`]);
}
await browser.close();
await server.close();
await rm(folder, { recursive: true, force: true });

const page = [
  `${measuredOn()} Chromium ${browser.version()}; a recording of ${number(size / 2 ** 20)} MiB.`,
  table(["what", "threads", "models loaded in", "speed"], rows),
].join("\n\n");
process.stdout.write(`${page}\n`);
if (values.out !== undefined) await writeMeasured(values.out, page);
