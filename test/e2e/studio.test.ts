/** The studio in Chromium, as static files: what a person does with it, and what it must not do. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import type { Analysis } from "../../src/index.ts";
import { loadRecognizer } from "../../src/index.ts";
import type { Closable } from "../../src/shared/closing.ts";
import { hasChromium, openBrowser } from "../support/browser.ts";
import { expectSame } from "../support/expect-same.ts";
import { seriousViolations } from "../support/axe.ts";
import {
  clickError,
  keepAudio,
  scrollCost,
  showHalf,
  writeLongRecording,
} from "../support/long-recording.ts";
import { bombs } from "../torture/inputs/bombs.ts";
import { denseAnalysis, giveAnalysis } from "../support/given-analysis.ts";
import { layWrongModels, linkStudio, serveStudio, watchRequests } from "../support/studio.ts";
import { inSequence, synthesizeVoice } from "../support/voice.ts";

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, "../..");
const require = createRequire(import.meta.url);

const sampleRate = 44_100;
const voice = inSequence(
  synthesizeVoice(4, { sampleRate, level: 0.1 }),
  new Float32Array(2 * sampleRate),
  synthesizeVoice(6, { sampleRate, level: 0.9 }),
);

/** Where all cores are busy, a page takes long to load. */
const patientMs = 120_000;

/** Opens a file and waits until it is analyzed. */
async function open(on: Page, file: string): Promise<void> {
  await on.locator("input[type=file]").first().setInputFiles(file);
  await on.locator(".lanes").first().waitFor();
}

/** Saves the recording that is shown, and returns what was written. */
async function saved(on: Page, name: "Save page" | "Save JSON"): Promise<string> {
  const [download] = await Promise.all([
    on.waitForEvent("download"),
    on.getByRole("button", { name }).click(),
  ]);
  return readFile(await download.path(), "utf8");
}

/** Waits for an alert that says something, and returns how many do. */
async function alertOf(on: Page, sentence: string | RegExp): Promise<number> {
  const alert = on.getByRole("alert").getByText(sentence);
  await alert.first().waitFor();
  return alert.count();
}

async function analysisOf(on: Page): Promise<Analysis> {
  return JSON.parse(await saved(on, "Save JSON"));
}

const hostile = `<img src=x onerror="document.title='hacked'">`;

describe.skipIf(!hasChromium)("the studio", () => {
  let folder = "";
  let wav = "";
  let expected: Analysis;
  let server: Closable & { readonly url: string };
  let browser: Browser;
  let page: Page;
  let suspicious: Request[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "undertone-studio-"));
    wav = join(folder, "<img src=x onerror=alert(1)>.wav");
    await writeFile(wav, encodeWav(voice, sampleRate));
    await using recognizer = await loadRecognizer({ model: "small", thread: false });
    expected = await recognizer.analyze(wav);
    await linkStudio(inject("studioPage"), join(folder, "studio"));
    await layWrongModels(join(folder, "studio"));
    server = await serveStudio(join(folder, "studio"));
    const microphone = join(folder, "microphone.wav");
    await writeFile(microphone, encodeWav(voice, sampleRate));
    browser = await openBrowser([
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${microphone}`,
    ]);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(patientMs);
    suspicious = watchRequests(page, server.url);
    await page.goto(server.url);
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("a file gives the segments of the command line, and its name changes nothing", async () => {
    await open(page, wav);
    expectSame(await analysisOf(page), expected);
    expect(await page.locator("img[src=x]").count()).toBe(0);
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("<img src=x");
  });

  test("a page of it is the one that the command line writes", async () => {
    const out = join(folder, "out.html");
    const cli = join(repository, "src/cli/main.ts");
    const words = [cli, "analyze", wav, "--model", "small", "--no-transcript", "--out", out];
    await run(process.execPath, ["--import", require.resolve("tsx"), ...words]);
    const [ours, theirs] = [await saved(page, "Save page"), await readFile(out, "utf8")];
    expect(partsOf(ours)).toEqual(partsOf(theirs));
    expect(ours).toContain("data:audio/wav;base64,");
  });

  test("keys alone go from the file to a segment, play it and mark it as neutral", async () => {
    await page.locator(".lanes").focus();
    await page.keyboard.press("ArrowRight");
    const active = await page.locator(".lanes").getAttribute("aria-activedescendant");
    expect(active).toMatch(/^segment-/);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await page.keyboard.press("n");
    await page.getByText(/Held against [\d.]+ s of neutral speech/).waitFor();
    const { reference } = await analysisOf(page);
    expect(reference.source).toBe("enrolled");
    await page.getByRole("button", { name: "Forget it" }).click();
  });

  test("a key asks what moved the answer, which the spectrogram then shows", async () => {
    const picture = () =>
      page
        .locator("canvas.spectrogram")
        .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    await page.getByText("Held against").waitFor({ state: "detached" });
    await page.locator(".lanes").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("w");
    await page.locator(".reasons").getByText("spoke for").waitFor();
    const explained = await picture();
    await page.keyboard.press("Escape");
    await expect.poll(picture).not.toBe(explained);
    expect(await page.locator(".reasons").count()).toBe(0);
    await page.getByRole("button", { name: "Show all" }).click();
  });

  test("a graphics card is asked for, and without one the models stay on the processor", async () => {
    await page.locator(".models summary").click();
    await page.getByLabel("Runs on").selectOption("webgpu");
    const refusal = page.getByText("this browser offers no graphics card");
    await refusal.waitFor();
    expect(await refusal.textContent()).toContain("stay on the processor");
    await page.getByLabel("Runs on").selectOption("wasm");
    await refusal.waitFor({ state: "detached" });
    await page.locator(".models summary").click();
    await page.locator(".lanes").first().waitFor();
  });

  test("a click is heard where it points: the sound is decoded, not sought in a file", async () => {
    const sound = page.locator(".sound").first();
    const box = (await sound.boundingBox())!;
    await sound.click({ position: { x: box.width / 2, y: 20 } });
    const time = page.locator(".player > .time");
    await expect.poll(() => time.textContent()).toMatch(/^0:0(5\.9|6\.[01]) /);
  });

  test.each([
    [1280, "light"],
    [1280, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("axe finds nothing serious at %i px, %s", async (width, theme) => {
    await page.setViewportSize({ width, height: 900 });
    await page.getByLabel("Theme").selectOption(theme);
    expect(await seriousViolations(page)).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  });

  test("it works without a network after the first load", async () => {
    await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active !== null);
    await page.context().setOffline(true);
    await page.reload();
    await open(page, wav);
    const isIsolated = await page.evaluate(() => crossOriginIsolated);
    await page.context().setOffline(false);
    expect(isIsolated).toBe(true);
  });

  test.each([
    ["text.wav", "This is no sound.", "in no format that can be read"],
    ["empty.wav", "", "holds no sound"],
    ["damaged.flac", "fLaC and nothing that could follow it", "is damaged"],
    ["day.m4a", bombs["MP4, silence without end"]!(0.01), "is longer than a day"],
  ])("%s is refused in a sentence", async (name, content, sentence) => {
    const file = join(folder, name);
    await writeFile(file, content);
    await page.locator("input[type=file]").first().setInputFiles(file);
    expect(await alertOf(page, sentence)).toBe(1);
  });

  test("minutes of a call are seen at once, found by a click, scrolled through smoothly, and HTML in them is text", async () => {
    const long = { minutes: 3, markSec: 140.37 };
    const file = join(folder, "call.wav");
    await writeLongRecording(file, long);
    const other = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    other.setDefaultTimeout(patientMs);
    await other.addInitScript(keepAudio);
    await giveAnalysis(other, denseAnalysis(60 * long.minutes, hostile));
    await other.addInitScript((name) => {
      localStorage.setItem("undertone-label-names", JSON.stringify([name, "calm"]));
    }, hostile);
    await other.goto(server.url);
    await other.locator("input[type=file]").first().setInputFiles(file);
    await other.locator(".player .main:enabled").waitFor();
    expect(Math.abs(await clickError(other, long))).toBeLessThan(0.05);
    expect((await scrollCost(browser, other)).longestTaskMs).toBeLessThan(50);
    await other.locator(".lanes").first().waitFor();
    await showHalf(other);
    expect((await scrollCost(browser, other)).longestTaskMs).toBeLessThan(50);

    await other.locator(".lanes").first().hover();
    await other.locator(".inspector .bars").waitFor();

    // HTML in what was said, in warnings and in names of speakers, labels and people stays text.
    const names = other.locator(".voice h2");
    expect(await names.allTextContents()).toEqual([`agent ${hostile}`, `customer ${hostile}`]);
    expect(await other.locator(".transcript .word").first().textContent()).toBe("<img ");
    await other.getByLabel("Labeled by").fill(hostile.slice(0, 40));
    await other.keyboard.press("Tab");
    await other.getByRole("button", { name: `1 ${hostile}` }).click();
    await other
      .locator(".count")
      .getByText(/^1 of \d+ segments labeled/)
      .waitFor();
    expect(await other.locator("img[src=x]").count()).toBe(0);
    expect(await other.title()).toBe("Undertone");
    await other.close();
  });

  test("a model file whose hash is wrong is told of in a sentence, and the small one still works", async () => {
    await page.locator(".models summary").click();
    await page.getByLabel("Words").selectOption("moonshine-tiny");
    await page.getByRole("alert").getByText("The models could not be loaded.").waitFor();
    expect(await alertOf(page, "its hash is wrong")).toBeGreaterThan(0);
    await page.getByLabel("Words").selectOption("none");
    await page.getByText("its hash is wrong").waitFor({ state: "detached" });
    await page.locator(".models summary").click();
  });

  test("the browser's own decoder reads AAC, or a sentence says that it has none", async () => {
    const hasDecoder = await page.evaluate(async () => {
      const config = { codec: "mp4a.40.2", sampleRate: 44_100, numberOfChannels: 1 };
      return (await AudioDecoder.isConfigSupported(config)).supported;
    });
    const file = join(repository, "test/fixtures/audio/chirp.m4a");
    await page.locator("input[type=file]").first().setInputFiles(file);
    const found = hasDecoder
      ? await page
          .getByText("Nobody speaks.")
          .first()
          .waitFor()
          .then(() => analysisOf(page))
      : { durationSec: 0.5, alerts: await alertOf(page, "no decoder for") };
    expect(found.durationSec).toBeCloseTo(0.5, 1);
  });

  test("no request leaves the host or carries anything", () => {
    expect(suspicious.map((request) => request.url())).toEqual([]);
  });

  test("a microphone that may not be used is told of in a sentence", async () => {
    await page.getByRole("button", { name: "Record" }).click();
    await page.getByRole("button", { name: "Start recording" }).click();
    expect(await alertOf(page, /microphone/i)).toBe(1);
  });

  test("a microphone gives live segments, then those of its sound on the command line", async () => {
    await page.context().grantPermissions(["microphone"]);
    await page.getByRole("button", { name: "Start recording" }).click();
    await page.locator(".live .partial strong").waitFor();
    await page.getByText(/ms behind/).waitFor();
    const sent = page.evaluate(nextFile);
    await page.getByRole("button", { name: "Stop and analyze" }).click();
    const recorded = join(folder, "recorded.wav");
    await writeFile(recorded, Buffer.from(await sent, "base64"));
    await page.locator(".live").waitFor({ state: "detached" });
    await page.locator(".lanes").first().waitFor();
    const { segments } = await analysisOf(page);
    expect(segments.some(({ emotion }) => emotion !== null)).toBe(true);
    await using recognizer = await loadRecognizer({ model: "small", thread: false });
    expectSame({ segments }, { segments: (await recognizer.analyze(recorded)).segments });
  });

  test("a content policy without WebAssembly is told of in a sentence", async () => {
    const context = await browser.newContext({ serviceWorkers: "block" });
    const other = await context.newPage();
    other.setDefaultTimeout(patientMs);
    await other.addInitScript(() => {
      const choice = { model: "small", transcriber: "moonshine-tiny" };
      localStorage.setItem("undertone-models", JSON.stringify(choice));
    });
    await other.route(/engine-.*\.js$/, async (route) => {
      const response = await route.fetch();
      const policy = { "content-security-policy": "script-src 'self'" };
      await route.fulfill({ response, headers: { ...response.headers(), ...policy } });
    });
    await other.goto(server.url);
    expect(await alertOf(other, "does not allow WebAssembly")).toBe(1);
    await context.close();
  });
});

/** Resolves to the next file that the page gives to its worker, in base64. */
async function nextFile(): Promise<string> {
  const own = Object.getOwnPropertyDescriptor(Worker.prototype, "postMessage")!;
  const file = await new Promise<Blob>((found) => {
    Worker.prototype.postMessage = function (message, ...rest: unknown[]): void {
      const { argumentList = [] }: { argumentList?: { value: unknown }[] } = message;
      for (const { value } of argumentList) if (value instanceof Blob) found(value);
      Reflect.apply(own.value, this, [message, ...rest]);
    };
  });
  Object.defineProperty(Worker.prototype, "postMessage", own);
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(""));
}

/** Transcript, and what it was made with. */
const partsOf = (html: string): (string | undefined)[] =>
  [/<ol class="transcript">.*?<\/ol>/s, /<dl class="facts">.*?<\/dl>/s].map(
    (part) => part.exec(html)?.[0],
  );
