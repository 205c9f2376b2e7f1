/** Pages of recordings in Chromium, opened from disk. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import type { Analysis } from "../../src/recognition/analysis.ts";
import { RecordingList } from "../../src/reports/recordings/recording-list.ts";
import { renderRecording } from "../../src/reports/recordings/recording-page.ts";
import { readRecordingSound } from "../../src/reports/recordings/recording-sound.node.ts";
import { hasChromium, openBrowser } from "../support/browser.ts";
import { call } from "../support/call.ts";
import { synthesizeVoice } from "../support/voice.ts";

const hostile = `</script><script>document.title = "stolen"</script><img src=x onerror="document.title = 'stolen'">`;
const odd: Analysis = {
  ...call,
  segments: call.segments.map((segment, n) =>
    n === 1 ? { ...segment, text: `${hostile} \u202E مرحبا 📞`, language: hostile } : segment,
  ),
  warnings: [hostile],
  incomplete: { decodedSec: 60, expectedSec: 71 },
};

const timeOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.querySelector("audio")!.currentTime);
const currentText = (page: Page): Promise<string> =>
  page.locator("[aria-current] .time").first().innerText();

describe.skipIf(!hasChromium)("in Chromium", () => {
  let folder = "";
  let browser: Browser;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "undertone-pages-"));
    const left = synthesizeVoice(call.durationSec, { sampleRate: 8000, level: 0.5 });
    const wav = encodeWav([left, left.map((sample) => sample / 2)], 8000);
    await writeFile(join(folder, "a b#%.wav"), wav);
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function openFile(path: string, width = 1280): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", ({ message }) => problems.push(message));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) problems.push(request.url());
    });
    await page.goto(pathToFileURL(path).href);
    return page;
  }

  async function openRecording(name: string, { embed = true, width = 1280 } = {}): Promise<Page> {
    const path = join(folder, name);
    const { durationSec } = call;
    const { signal } = new AbortController();
    const sound = await readRecordingSound(join(folder, "a b#%.wav"), {
      durationSec,
      areSplit: true,
      channels: "split",
      page: path,
      embed,
      signal,
    });
    const given = { name: hostile, analysis: odd, sound, fields: [[hostile, hostile]] as const };
    await writeFile(path, await renderRecording({ ...given, facts: [] }));
    return openFile(path, width);
  }

  test.each([{ embed: true }, { embed: false }])("a click plays that place: %j", async (given) => {
    const page = await openRecording(`x${given.embed}.html`, given);
    const isMuted = page.evaluate(() => (document.querySelector("audio")!.muted = true));
    expect(await isMuted).toBe(true);
    await page.getByRole("link", { name: "0:34.3" }).click();
    await page.waitForFunction(() => document.querySelector("audio")!.currentTime > 34.5);
    expect(await currentText(page)).toBe("0:34.3");
    await page.keyboard.press("Space");
    expect(await page.evaluate(() => document.querySelector("audio")!.paused)).toBe(true);
    await page.keyboard.press("j");
    expect(await timeOf(page)).toBe(43.5);
    expect(await page.getByRole("alert").isHidden()).toBe(true);
    await page.close();
  });

  test("keys and clicks on lanes move, zoom widens, links from elsewhere open at their time", async () => {
    const page = await openRecording("keys.html");
    // A click plays on: at the slowest rate, a busy machine has 16 s for what a second of sound allows.
    await page.evaluate(() => (document.querySelector("audio")!.playbackRate = 1 / 16));
    await page
      .locator(".strip")
      .first()
      .click({ position: { x: 2, y: 10 } });
    expect(await timeOf(page)).toBeLessThan(1);
    await page.keyboard.press("ArrowRight");
    const slider = page.getByRole("slider", { name: "Playback position" });
    expect(Number(await slider.getAttribute("aria-valuenow"))).toBeGreaterThanOrEqual(5);
    const before = (await page.locator(".strip").first().boundingBox())!.width;
    await page.getByRole("button", { name: "Zoom in" }).click();
    expect((await page.locator(".strip").first().boundingBox())!.width).toBeCloseTo(2 * before, 0);
    await page.evaluate(() => document.querySelector("audio")!.pause());
    await page.goto(`${pathToFileURL(join(folder, "keys.html")).href}#t=19.1`);
    expect(await timeOf(page)).toBeCloseTo(19.1);
    await page.close();
  });

  test("names and words of others are only text, and a phone shows all without scrolling sideways", async () => {
    const page = await openRecording("hostile.html", { width: 360 });
    expect(await page.title()).toBe(`${hostile}: emotion in speech`);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("h1").innerText()).toBe(hostile);
    expect(await page.getByRole("note").count()).toBe(2);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.close();
  });

  test("a list sorts by any column and filters by words", async () => {
    const list = new RecordingList(["agent"]);
    for (const [n, agent] of ["Sam", "Eva", hostile].entries()) {
      const own = { href: `./pages/${n}.html`, fields: [agent], name: `call-${n}.wav` };
      list.add({ ...own, analysis: { ...call, durationSec: 60 + ((n * 2) % 3) } });
    }
    list.addFailure(hostile, hostile);
    await writeFile(join(folder, "list.html"), await list.render(hostile));
    const page = await openFile(join(folder, "list.html"));
    const first = (): Promise<string> => page.locator("tbody th").first().innerText();
    await page.getByRole("button", { name: "Length" }).click();
    expect(await first()).toBe("call-1.wav");
    await page.getByRole("button", { name: "Length" }).click();
    expect(await first()).toBe("call-0.wav");
    await page.getByRole("button", { name: "agent", exact: true }).click();
    expect(await first()).toBe("call-2.wav");
    await page.getByRole("searchbox").fill("eva customer");
    expect(await page.locator("tbody tr:visible").count()).toBe(1);
    expect(await page.getByRole("status").innerText()).toBe("1 of 6 rows");
    await page.close();
  });

  test("no page has an error or asks a network", () => {
    expect(problems).toEqual([]);
  });
});
