/** Labeling and teaching in the studio, in Chromium. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { withTemperature } from "../../src/evaluation/calibration.ts";
import { modelsFolderOf } from "../../src/downloads/model-files.ts";
import { readModelCard } from "../../src/models/model-card.ts";
import { readPredictions } from "../../src/runs/predictions-file.ts";
import { foldFolder } from "../../src/runs/run-folder.ts";
import type { Closable } from "../../src/shared/closing.ts";
import { Random } from "../../src/shared/random.ts";
import { closePage, hasChromium, openBrowser, openPage } from "../support/browser.ts";
import { undertone } from "../support/command-line.ts";
import { serveStudio, taughtPredictions } from "../support/teach-page.ts";
import { inSequence, synthesizeVoice } from "../support/voice.ts";

const sampleRate = 16_000;
const hasEncoder = existsSync(
  join(modelsFolderOf(process.env), "moonshine-tiny/encoder_model.onnx"),
);

/** A voice of a second, rough where it is angry. */
function voice(clip: number, label: string): Float32Array {
  const random = new Random(label, clip);
  const roughness = label === "angry" ? 0.05 : 0.001;
  return synthesizeVoice(1, { sampleRate, level: 0.3 }).map(
    (sample) => sample + roughness * random.normal(),
  );
}

describe.skipIf(!hasChromium)("teaching in Chromium", () => {
  let folder = "";
  let server: Closable & { readonly url: string };
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "undertone-teach-"));
    for (const label of ["neutral", "angry"]) {
      await mkdir(join(folder, "classes", label), { recursive: true });
      for (let clip = 0; clip < 5; clip++) {
        const wav = encodeWav(voice(clip, label), sampleRate);
        await writeFile(join(folder, "classes", label, `${label} ${clip}.wav`), wav);
      }
    }
    const pause = new Float32Array(sampleRate);
    const parts = ["neutral", "angry", "neutral"].flatMap((label, at) => [voice(at, label), pause]);
    await writeFile(join(folder, "call.wav"), encodeWav(inSequence(...parts), sampleRate));
    server = await serveStudio(folder);
    browser = await openBrowser();
    page = await openPage(browser, `${server.url}#teach`);
  });

  afterAll(async () => {
    if (page !== undefined) await closePage(page);
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Saves what a button gives, and returns where it is. */
  async function saved(button: string, from: Page = page): Promise<string> {
    const [download] = await Promise.all([
      from.waitForEvent("download"),
      from.getByRole("button", { name: button, exact: true }).click(),
    ]);
    const path = join(folder, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  }

  async function start(kind: string, name: string): Promise<void> {
    const settings = page.locator(".settings");
    await settings.locator("select").first().selectOption(kind);
    if (kind === "audio-cnn") await settings.getByLabel("Epochs").fill("4");
    else await settings.locator("select").last().selectOption("moonshine-tiny");
    await settings.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Train", exact: true }).click();
  }

  const isTaught = (name: string): Promise<void> =>
    page.getByRole("heading", { name: `Your model: ${name}` }).waitFor({ timeout: 120_000 });

  test("a folder for each label is added, and is still there after a reload", async () => {
    await page.locator("input[webkitdirectory]").setInputFiles(join(folder, "classes"));
    const row = page.getByRole("row", { name: /^angry/ });
    await row.getByRole("cell", { name: "5" }).first().waitFor();
    await page.reload();
    await row.getByRole("cell", { name: "5" }).first().waitFor();
  });

  test("a mel CNN whose page is closed in training goes on, and predicts the same by `undertone test`", async () => {
    await start("audio-cnn", "my-cnn");
    await page.getByText(/^Epoch 2/).waitFor();
    await page.reload();
    await isTaught("my-cnn");
    await page.getByText("Too few to tell.").waitFor();
    const path = await saved("Download model");
    await expectSamePredictions(path, "test-cnn", 4);
  });

  test.skipIf(!hasEncoder)(
    "a probe over an encoder has a score, and predicts the same by `undertone test`",
    async () => {
      await start("linear-probe", "my-probe");
      await isTaught("my-probe");
      await page.getByText(/UAR \d+\.\d %/).waitFor();
      const path = await saved("Download model");
      // WebAssembly rounds the products of bytes in the encoder differently.
      await expectSamePredictions(path, "test-probe", 1);
    },
  );

  /** Compares what the page predicts of each clip with what `undertone test` does by the model's file. */
  async function expectSamePredictions(path: string, name: string, places: number): Promise<void> {
    const out = join(folder, name);
    const run = await undertone("test", path, "--data", join(folder, "classes"), "--out", out);
    expect(run).toMatchObject({ exitCode: 0 });
    const { test: tested } = await readPredictions(foldFolder(out, 1), ["neutral", "angry"]);
    const { temperature } = readModelCard(await readFile(path));
    const inPage = await taughtPredictions(page);
    expect(Object.keys(inPage)).toHaveLength(10);
    for (const prediction of tested) {
      const { probabilities } = withTemperature(prediction, temperature);
      const own = inPage[basename(prediction.id)]!;
      for (const [label, p] of probabilities.entries()) expect(own[label]).toBeCloseTo(p, places);
    }
  }

  test("three labels are given by keys, undone, kept, exported, and taught", async () => {
    const labeling = await openPage(browser, server.url);
    await labeling.locator("input[type=file]").first().setInputFiles(join(folder, "call.wav"));
    const lane = labeling.getByRole("listbox", { name: /^Your labels/ });
    await lane.getByRole("option").nth(2).waitFor();
    for (const key of ["1", "5", "1"]) {
      await labeling.keyboard.press(key);
      await labeling.keyboard.press("j");
    }
    const labeled = lane.getByRole("option", { name: /neutral|angry/ });
    await expect.poll(() => labeled.count()).toBe(3);
    await labeling.keyboard.press("Control+z");
    await expect.poll(() => labeled.count()).toBe(2);
    await labeling.keyboard.press("Control+Shift+z");
    await labeling.getByText("Export", { exact: true }).click();
    const table = await saved("Your labels, as train --data reads them .csv", labeling);
    const rows = (await readFile(table, "utf8")).trim().split("\n");
    expect(rows.map((row) => row.split(",")[3])).toEqual([
      "emotion",
      "neutral",
      "angry",
      "neutral",
    ]);
    await labeling.reload();
    await labeling.locator("input[type=file]").first().setInputFiles(join(folder, "call.wav"));
    await expect.poll(() => labeled.count()).toBe(3);
    await closePage(labeling);
  });
});
