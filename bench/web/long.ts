/**
 * Measures the studio on long recordings in Chromium: `npx tsx bench/web/long.ts [--minutes 60] [--out FILE]`. The recording
 * is made up: two channels at 8 kHz, a voice in each in turn. The page is built first.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { openBrowser } from "../../test/support/browser.ts";
import { clickError, keepAudio, writeLongRecording } from "../../test/support/long-recording.ts";
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
await writeLongRecording(join(folder, "call.wav"), long);
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

/** Memory of the page and its worker in MiB, WebAssembly included. */
const memory = (): Promise<number> =>
  page.evaluate(async () => (await performance.measureUserAgentSpecificMemory()).bytes / 2 ** 20);

/** The longest time from one frame to the next while the view moves, in milliseconds. */
async function longestFrame(on: Page): Promise<number> {
  const box = (await on.locator(".track").boundingBox())!;
  await on.mouse.move(box.x + box.width / 2, box.y + 60);
  const longest = on.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let [last, most] = [performance.now(), 0];
        const end = last + 4000;
        const next = (now: number): void => {
          most = Math.max(most, now - last);
          last = now;
          if (now < end) requestAnimationFrame(next);
          else resolve(most);
        };
        requestAnimationFrame(next);
      }),
  );
  for (let step = 0; step < 100; step++) await on.mouse.wheel(-40, 0);
  return longest;
}

const start = performance.now();
const since = (): string => `${number((performance.now() - start) / 1000)} s`;
const rows: string[][] = [];
const tell = (what: string, result: string): void => {
  rows.push([what, result]);
  process.stderr.write(`${what}: ${result}\n`);
};
await page.locator("input[type=file]").first().setInputFiles(join(folder, "call.wav"));
await page.locator("canvas.spectrogram").waitFor();
await page.waitForFunction(
  () => !document.querySelector(".player .time")?.textContent?.endsWith("0:00.0"),
);
tell("first picture after", since());
await page.locator(".player .main:enabled").waitFor();
tell("whole picture after", since());
tell("memory then", `${number(await memory())} MiB`);
tell(
  `from click to sound, minute ${minutes - 5}`,
  `${number(1000 * (await clickError(page, long)))} ms off`,
);
tell("longest frame while scrolling, analyzing", `${number(await longestFrame(page))} ms`);
await page.locator(".lanes").first().waitFor();
tell("analyzed after", since());
tell("longest frame while scrolling then", `${number(await longestFrame(page))} ms`);
tell("memory then", `${number(await memory())} MiB`);
await browser.close();
await server.close();
await rm(folder, { recursive: true, force: true });

const section = [
  `${measuredOn()} ${minutes} minutes, 16 bits, with \`small\`.`,
  table(["what", "result"], rows),
].join("\n\n");
process.stdout.write(`${section}\n`);
if (values.out !== undefined) await writeMeasured(values.out, section);
