/** Runs and corpora in Chromium, from the built page that the studio's server sends with its content policy. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { evaluationDocument } from "../../src/reports/evaluation-document.ts";
import { evaluateRun } from "../../src/runs/evaluate-run.ts";
import { emotions } from "../../src/shared/emotions.ts";
import { closePage, hasChromium, openBrowser, openPage } from "../support/browser.ts";
import { seriousViolations } from "../support/axe.ts";
import { linkStudio } from "../support/studio.ts";
import { TestStudio } from "../support/local-studio.ts";
import { synthesizeVoice } from "../support/voice.ts";
import { writeRatedRun } from "../support/rated-run.ts";
import { writeSyntheticRun } from "../synthetic-run.ts";

const small = { speakers: 5, clipsPerSpeaker: 8, folds: 2, epochs: 4 };
const hostile = `<img src="x" onerror="document.title='hacked'">`;

describe.skipIf(!hasChromium)("in Chromium", () => {
  let folder = "";
  let studio: TestStudio;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "undertone-local-"));
    await linkStudio(inject("studioPage"), join(folder, "page"));
    await writeRun("a", { name: "first" });
    await writeRun("b", { name: "second", skill: 4 });
    await writeSyntheticRun(join(folder, "runs/leaky"), { ...small, protocol: "random" });
    await writeRatedRun(join(folder, "runs/rated"));
    await makeHostile("rated");
    studio = await TestStudio.open(folder, { data: [await writeCorpus()] });
    browser = await openBrowser();
    page = await openPage(browser, studio.url.href);
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
  }, 400_000);

  afterAll(async () => {
    if (page !== undefined) await closePage(page);
    await browser?.close();
    await studio?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function writeRun(name: string, options: object): Promise<void> {
    const runFolder = join(folder, "runs", name);
    await writeSyntheticRun(runFolder, { ...small, ...options });
    const document = evaluationDocument(await evaluateRun(runFolder));
    await writeFile(join(runFolder, "evaluation.json"), JSON.stringify(document));
  }

  /** Puts HTML into what a run says of itself. */
  async function makeHostile(name: string): Promise<void> {
    const path = join(folder, "runs", name, "run.json");
    const info: object = JSON.parse(await readFile(path, "utf8"));
    const facts = { command: hostile, machine: { cpu: hostile } };
    await writeFile(path, JSON.stringify({ ...info, ...facts }));
  }

  /** The clips of the synthetic runs, under their ids, and one whose label and transcript are HTML. */
  async function writeCorpus(): Promise<string> {
    const clips = join(folder, "clips");
    await mkdir(clips);
    const wav = encodeWav(synthesizeVoice(1, { sampleRate: 16_000, level: 0.5 }), 16_000);
    const rows = ["path,emotion,speaker,transcript"];
    for (let speaker = 1; speaker <= small.speakers; speaker++) {
      for (let clip = 0; clip < small.clipsPerSpeaker; clip++) {
        const id = `${String(speaker).padStart(2, "0")}-${clip}`;
        await writeFile(join(clips, id), wav);
        rows.push(`${id},${emotions[clip % emotions.length]},${speaker},Hello`);
      }
    }
    const quoted = `"${hostile.replaceAll('"', '""')}"`;
    rows.push(`missing,${quoted},6,${quoted}`);
    const table = join(clips, "synthetic.csv");
    await writeFile(table, rows.join("\n"));
    return table;
  }

  const open = async (hash: string): Promise<void> => {
    await page.goto(studio.url.origin + hash);
  };

  test("the token leaves the address, and the page is isolated, so that WebAssembly has threads", async () => {
    expect(page.url()).toBe(`${studio.url.origin}/`);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  test("a run is opened by keyboard, and a cell of its confusion matrix lists clips that play", async () => {
    await open("/#runs");
    await page.getByRole("link", { name: "a", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Learning curves" }).waitFor();
    await page.locator(".confusion button").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    const cell = page.locator(".confusion button:focus");
    const clips = Number(await cell.textContent());
    expect(await cell.getAttribute("aria-label")).toEqual(
      expect.stringContaining(`True calm, predicted calm: ${clips} clip`),
    );
    await page.keyboard.press("Enter");
    await page.locator(".clips li").first().waitFor();
    expect(await page.locator(".clips li").count()).toBe(clips);
    const sound = page.waitForResponse((response) => response.url().includes("/sound?"));
    await page.locator(".clips .play").first().click();
    expect((await sound).headers()["content-type"]).toBe("audio/wav");
    expect(await seriousViolations(page)).toEqual([]);
  });

  test("a run that predicts dimensions has a row for each; HTML in its facts stays text", async () => {
    await open("/#runs/rated");
    const rows = page.locator("table.dimensions tbody th");
    await rows.first().waitFor();
    expect(await rows.allTextContents()).toEqual(["arousal", "valence", "mean"]);
    expect(await page.locator("dl.facts").textContent()).toContain(`cpu ${hostile}`);
    expect(await page.locator("img[src=x]").count()).toBe(0);
    expect(await seriousViolations(page)).toEqual([]);
  });

  test("selected runs are compared, and unlike ones refused with a sentence", async () => {
    await open("/#runs");
    await page.getByLabel("Select a", { exact: true }).check();
    await page.getByLabel("Select b", { exact: true }).check();
    await page.getByRole("button", { name: "Compare 2 runs" }).click();
    await page.getByRole("heading", { name: /^Differences from a / }).waitFor();
    expect(await page.locator(".comparison .chip").textContent()).toBe("better");
    await page.getByLabel("Select leaky").check();
    await page.getByRole("button", { name: "Compare 3 runs" }).click();
    const refusal = page.locator(".comparison .problem");
    await refusal.waitFor();
    expect(await refusal.textContent()).toContain("do not compare");
    await page.getByLabel("Leaderboard").check();
    const ranked = page.locator(".runs tbody tr th a");
    await expect.poll(() => ranked.allTextContents()).toEqual(["b", "a"]);
    expect(await seriousViolations(page)).toEqual([]);
  });

  test("the form has the options of the recipe, and a wrong one is told before anything starts", async () => {
    await open("/#runs");
    await page.getByText("Train a recipe").click();
    await page.getByText("Options of the recipe").click();
    await page.getByLabel("protocol", { exact: true }).selectOption("official");
    const corpora = page.getByRole("group", { name: "Corpora" });
    const only = corpora.getByRole("checkbox");
    expect(await only.isChecked()).toBe(true);
    await only.uncheck();
    await page.getByRole("button", { name: "Start training" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toBe("Choose at least one corpus.");
    expect(await seriousViolations(page)).toEqual([]);
  });

  test("a corpus is filtered, checked and split; HTML in its labels stays text", async () => {
    await open("/#corpora");
    await page.locator(".cliptable tbody tr").first().waitFor();
    expect(await page.locator(".cliptable tbody tr").count()).toBe(41);
    await page.getByLabel("Label").selectOption("angry");
    await page.getByText("5 clips", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Check all clips" }).click();
    await page.locator("img.picture").waitFor();
    await page.getByRole("rowheader", { name: "missing", exact: true }).first().waitFor();
    await page.getByLabel("Label").selectOption(hostile);
    await page.getByRole("cell", { name: hostile }).first().waitFor();
    expect(await page.locator("img[src='x']").count()).toBe(0);
    expect(await page.title()).toBe("Undertone");
    await expect.poll(() => page.locator(".splits tbody tr").count()).toBe(6);
    expect(await seriousViolations(page)).toEqual([]);
  });

  test("nothing breaks the content policy", () => {
    // The browser reports refused answers too: of unlike runs, and of the clip that is missing.
    const unexpected = complaints.filter((text) => !/status of (?:404|422)/.test(text));
    expect(unexpected).toEqual([]);
  });
});
