/** Labeling and teaching in the studio, in Chromium. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { withTemperature } from "../../src/evaluation/calibration.ts";
import { loadRecognizer, type Analysis } from "../../src/index.ts";
import { modelsFolderOf } from "../../src/downloads/model-files.ts";
import { readModelCard } from "../../src/models/model-card.ts";
import { readPredictions } from "../../src/runs/predictions-file.ts";
import { foldFolder } from "../../src/runs/run-folder.ts";
import type { Closable } from "../../src/shared/closing.ts";
import { Random } from "../../src/shared/random.ts";
import { closePage, hasChromium, openBrowser, openPage } from "../support/browser.ts";
import { undertone } from "../support/command-line.ts";
import { expectSame } from "../support/expect-same.ts";
import { linkStudio, serveStudio } from "../support/studio.ts";
import { layEncoders, taughtPredictions } from "../support/teach-page.ts";
import { synthesizeVoice } from "../support/voice.ts";

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

const call = synthesizeVoice(4, { sampleRate, level: 0.3 });

/** Returns how far what the page predicts of clips is from what `undertone test` does by the model's file. */
async function differencesInNode(
  path: string,
  data: string,
  inPage: Readonly<Record<string, readonly number[]>>,
): Promise<number[]> {
  const out = `${path}-tested`;
  const run = await undertone("test", path, "--data", data, "--out", out);
  if (run.exitCode !== 0) throw new Error(run.stderr);
  const { test: tested } = await readPredictions(foldFolder(out, 1), ["neutral", "angry"]);
  const { temperature } = readModelCard(await readFile(path));
  return tested.flatMap((prediction) => {
    const name = basename(prediction.id);
    const own = inPage[name] ?? inPage[`${name}#0-1`]!;
    const { probabilities } = withTemperature(prediction, temperature);
    return probabilities.map((p, label) => Math.abs(p - own[label]!));
  });
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
    await writeFile(join(folder, "call.wav"), encodeWav(call, sampleRate));
    await linkStudio(inject("studioPage"), join(folder, "studio"));
    await layEncoders(join(folder, "studio"));
    server = await serveStudio(join(folder, "studio"));
    browser = await openBrowser();
    page = await openSlowPage(`${server.url}#teach`, await browser.newContext());
  });

  /** Opens a page that is waited for while other tests keep the processor busy. */
  async function openSlowPage(
    url: string,
    within: Pick<BrowserContext, "newPage"> = browser,
  ): Promise<Page> {
    const opened = await openPage(within, url);
    opened.setDefaultTimeout(120_000);
    return opened;
  }

  afterAll(async () => {
    if (page !== undefined) await closePage(page);
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Saves what a button gives, and returns where it is. */
  async function saved(button: string | RegExp, from: Page = page): Promise<string> {
    const [download] = await Promise.all([
      from.waitForEvent("download"),
      from.getByRole("button", { name: button }).click(),
    ]);
    const path = join(folder, download.suggestedFilename());
    await download.saveAs(path);
    return path;
  }

  async function start(kind: string, name: string, { on = page, epochs = 6 } = {}): Promise<void> {
    const settings = on.locator(".settings");
    await settings.locator("select").first().selectOption(kind);
    if (kind === "audio-cnn") await settings.getByLabel("Epochs").fill(String(epochs));
    else await settings.locator("select").last().selectOption("moonshine-tiny");
    await settings.getByLabel("Name").fill(name);
    await on.getByRole("button", { name: "Train", exact: true }).click();
  }

  const isTaught = (name: string, on = page): Promise<void> =>
    on.getByRole("heading", { name: `Your model: ${name}` }).waitFor();

  test("a folder for each label is added, and is still there after a reload", async () => {
    await page.locator("input[webkitdirectory]").setInputFiles(join(folder, "classes"));
    const isKept = async (label: string): Promise<void> => {
      const row = page.getByRole("row", { name: new RegExp(`^${label}`) });
      const counts = row.getByRole("cell", { name: "5" }); // of clips, and of recordings
      await expect.poll(() => counts.count()).toBe(2);
    };
    await isKept("angry");
    await isKept("neutral");
    await page.reload();
    await isKept("angry");
    await isKept("neutral");
  });

  test("two tabs do not train at once, and a mel CNN whose tab is closed in training goes on", async () => {
    await start("audio-cnn", "my-cnn");
    await page.getByText(/^Epoch [2-9]/).waitFor();
    const other = await openSlowPage(`${server.url}#teach`, page.context());
    await other.getByRole("button", { name: "Train", exact: true }).click();
    await other.getByRole("alert").getByText("Another tab is training.").waitFor();
    await closePage(page);
    page = other;
    await isTaught("my-cnn");
    expect(await page.getByText("Too few to tell.").count()).toBe(1);
  });

  test("without any microphone a sentence says so, in Analyze and here", async () => {
    await page.context().grantPermissions(["microphone"]);
    const none = page.getByRole("alert").getByText("There is no microphone.");
    await page
      .getByRole("button", { name: /^Record \d/ })
      .first()
      .click();
    await none.waitFor();
    await page.getByRole("link", { name: "Analyze" }).click();
    await page.getByRole("button", { name: "Record" }).click();
    await page.getByRole("button", { name: "Start recording" }).click();
    await none.waitFor();
    expect(await none.count()).toBe(1);
    await page.getByRole("link", { name: "Teach" }).click();
  });

  test.skipIf(!hasEncoder)(
    "a probe over an encoder has a score, and predicts the same by `undertone test`",
    async () => {
      await start("linear-probe", "my-probe");
      await isTaught("my-probe");
      await page.getByText(/UAR \d+\.\d %/).waitFor();
      const path = await saved("Download model");
      // WebAssembly rounds the products of bytes in the encoder differently.
      const inPage = await taughtPredictions(page);
      expect(Object.keys(inPage)).toHaveLength(10);
      const differences = await differencesInNode(path, join(folder, "classes"), inPage);
      expect(Math.max(...differences)).toBeLessThan(0.05);
    },
  );

  test("three labels are given by keys, undone, kept, exported, and taught", async () => {
    const labeling = await openSlowPage(server.url);
    const open = (): Promise<void> =>
      labeling.locator("input[type=file]").first().setInputFiles(join(folder, "call.wav"));
    await open();
    const lane = labeling.getByRole("listbox", { name: /^Your labels/ });
    await lane.getByRole("option").first().waitFor();
    for (const key of ["1", "Shift+ArrowRight", "x", "5", "Shift+ArrowRight", "x", "1"])
      await labeling.keyboard.press(key);
    const count = labeling.locator(".count");
    const isLabeled = (labeled: number): Promise<void> =>
      count.getByText(new RegExp(`^${labeled} of \\d+ segments labeled`)).waitFor();
    await isLabeled(3);
    await labeling.keyboard.press("Control+z");
    await labeling.keyboard.press("Control+z");
    await isLabeled(2);
    await labeling.keyboard.press("Control+Shift+z");
    await labeling.keyboard.press("Control+y");
    await isLabeled(3);
    const selected = lane.locator("[aria-selected=true]");
    const whole = await selected.getAttribute("aria-label");
    const handle = (await selected.locator(".handle.start").boundingBox())!;
    await labeling.mouse.move(handle.x + 4, handle.y + 4);
    await labeling.mouse.down();
    await labeling.mouse.move(handle.x + 40, handle.y + 4);
    await labeling.mouse.move(handle.x + 80, handle.y + 4);
    await labeling.mouse.up();
    // What was before it is longer now, and lies at the playhead.
    await expect.poll(() => selected.getAttribute("aria-label")).toContain("angry");
    await labeling.keyboard.press("Control+z");
    await expect.poll(() => selected.getAttribute("aria-label")).toBe(whole);
    await labeling.getByText("Kept in this browser as").waitFor();
    await labeling.reload();
    await open();
    await isLabeled(3);
    await labeling.getByText("Export", { exact: true }).click();
    const table = await saved(/^Your labels, as train/, labeling);
    const rows = (await readFile(table, "utf8")).trim().split("\n");
    const given = rows.map((row) => row.split(",")[3]);
    expect(given).toEqual(["emotion", "neutral", "angry", "neutral"]);

    await labeling.getByRole("link", { name: "Teach" }).click();
    await start("audio-cnn", "from-labels", { on: labeling, epochs: 2 });
    await isTaught("from-labels", labeling);
    const path = await saved("Download model", labeling);
    const inPage = await taughtPredictions(labeling);
    const differences = await differencesInNode(path, table, inPage);
    expect(differences).toHaveLength(6);
    expect(Math.max(...differences)).toBeLessThan(1e-4);

    await labeling.getByRole("link", { name: "Analyze" }).click();
    await labeling.locator(".lanes").first().waitFor();
    await labeling.locator(".lanes").focus();
    await labeling.keyboard.press("ArrowRight");
    await labeling.keyboard.press("Enter");
    await labeling.keyboard.press("n");
    await labeling.getByText(/Held against [\d.]+ s of neutral speech/).waitFor();
    const inPageToo: Analysis = JSON.parse(
      await readFile(await saved("Save JSON", labeling), "utf8"),
    );
    await using recognizer = await loadRecognizer({ model: path, thread: false });
    const { startSec, endSec } = inPageToo.segments[0]!;
    const samples = call.slice(startSec * sampleRate, endSec * sampleRate);
    const speaker = await recognizer.enroll([{ samples, sampleRate }]);
    const { reference, segments } = await recognizer.analyze(join(folder, "call.wav"), { speaker });
    expect(reference.source).toBe("enrolled");
    expectSame(inPageToo.segments, segments, 3);
    await closePage(labeling);
  });

  test("where the browser's storage is full a sentence says so, and no label is lost", async () => {
    const full = await openSlowPage(server.url);
    const storage = await full.context().newCDPSession(full);
    const { origin } = new URL(server.url);
    // Before anything is written: Chromium remembers for a while how much room there is.
    await storage.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
    await full.locator("input[type=file]").first().setInputFiles(join(folder, "call.wav"));
    const lane = full.getByRole("listbox", { name: /^Your labels/ });
    await lane.getByRole("option").first().waitFor();
    await full.keyboard.press("1");
    await full.getByRole("alert").getByText("The browser's storage is full").waitFor();
    await full.getByText("Not kept yet").waitFor();
    expect(await lane.getByRole("option", { name: /neutral/ }).count()).toBe(1);
    await storage.send("Storage.overrideQuotaForOrigin", { origin });
    await full.keyboard.press("5");
    await full.getByText("Kept in this browser as").waitFor();
    expect(await full.getByRole("alert").count()).toBe(0);
    await closePage(full);
  });
});
