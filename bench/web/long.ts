/**
 * Measures the studio on long recordings in Chromium: `npx tsx bench/web/long.ts [--minutes 60] [--out FILE]`. The recording
 * is made up: an MP3 of two channels at 8 kHz, a voice in each in turn, by ffmpeg. The page is built first.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openBrowser } from "../../test/support/browser.ts";
import { ffmpeg } from "../../test/support/ffmpeg.ts";
import {
  clickError,
  keepAudio,
  scrollCost,
  showHalf,
  writeLongRecording,
} from "../../test/support/long-recording.ts";
import { buildStudio, serveStudio } from "../../test/support/studio.ts";
import { measuredOn, writeMeasured } from "../../studies/measured-section.ts";
import { number, table } from "../speed/table.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "60" }, out: { type: "string" } },
});
const minutes = Number(values.minutes);
const long = { minutes, markSec: 60 * (minutes - 5) + 0.37 };
const patientMs = 3_600_000;

const folder = await mkdtemp(join(tmpdir(), "undertone-long-"));
await buildStudio(join(folder, "studio"));
const wav = join(folder, "call.wav");
const mp3 = join(folder, "call.mp3");
await writeLongRecording(wav, long);
ffmpeg("-i", wav, "-b:a", "24k", mp3);
const server = await serveStudio(join(folder, "studio"));
const browser = await openBrowser();
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(patientMs);
await page.addInitScript(keepAudio);
await page.goto(server.url);
// Once the service worker answers, the page is isolated: it may have threads, and be asked for its memory.
await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active !== null);
await page.reload();
await page.waitForFunction(() => crossOriginIsolated);

declare global {
  interface Performance {
    /** In pages that are isolated, in Chromium. */
    measureUserAgentSpecificMemory(): Promise<{ readonly bytes: number }>;
  }
}

/** Memory of the page and its worker, WebAssembly included, and all private memory of their process, in MiB. */
async function memory(): Promise<readonly [number, number]> {
  const { bytes } = await page.evaluate(() => performance.measureUserAgentSpecificMemory());
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const sizes: number[] = [];
  for (const { id } of processInfo.filter(({ type }) => type === "renderer")) {
    const status = await readFile(`/proc/${id}/status`, "utf8");
    sizes.push(Number(/^RssAnon:\s+(\d+)/m.exec(status)![1]) / 2 ** 10);
  }
  return [bytes / 2 ** 20, Math.max(...sizes)];
}

const start = performance.now();
const since = (): string => `${number((performance.now() - start) / 1000)} s`;
const rows: string[][] = [];
const tell = (what: string, result: string): void => {
  rows.push([what, result]);
  process.stderr.write(`${what}: ${result}\n`);
};
async function tellMemory(): Promise<void> {
  const [ofPage, ofProcess] = await memory();
  tell("memory then: page and worker", `${number(ofPage)} MiB`);
  tell("memory then: their process", `${number(ofProcess)} MiB`);
}

async function tellScrolling(when: string): Promise<void> {
  const cost = await scrollCost(browser, page);
  const { longestTaskMs, longestFrameMs, medianFrameMs } = cost;
  tell(`scrolling ${when}: longest task of the page`, `${number(longestTaskMs)} ms`);
  tell(
    `scrolling ${when}: frames, median and longest`,
    `${number(medianFrameMs)} and ${number(longestFrameMs)} ms`,
  );
}

await page.locator("input[type=file]").first().setInputFiles(mp3);
await page.locator("canvas.spectrogram").waitFor();
await page.waitForFunction(
  () => !document.querySelector(".player .time")?.textContent?.endsWith("0:00.0"),
);
tell("first picture after", since());
await page.locator(".player .main:enabled").waitFor();
tell("whole picture after", since());
await tellMemory();
tell(
  `from click to sound, minute ${minutes - 5}`,
  `${number(1000 * (await clickError(page, long)))} ms off`,
);
await tellScrolling("while it is analyzed");
await page.locator(".lanes").first().waitFor();
tell("analyzed after", since());
await tellScrolling("then");
await showHalf(page);
await tellScrolling("half of it");
await tellMemory();
await browser.close();
await server.close();
await rm(folder, { recursive: true, force: true });

const section = [
  `${measuredOn()} ${minutes} minutes of MP3 at 24 kbit/s, with \`small\`.`,
  table(["what", "result"], rows),
].join("\n\n");
process.stdout.write(`${section}\n`);
if (values.out !== undefined) await writeMeasured(values.out, section);
