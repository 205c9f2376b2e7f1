/** A recording as long as wanted, how well the studio finds a moment in it, and how smoothly it scrolls through it. */
import { open } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { encodeWav } from "../../src/audio/wav.ts";
import { inSequence, synthesizeVoice } from "./voice.ts";

const sampleRate = 8000;
const headerBytes = 44;
const frameBytes = 4;

/** Silence on each side of the mark, in seconds. */
const quietSec = 10;

/** Length of the mark: an encoder keeps it as loud as it is. */
const toneSec = 0.03;

export interface LongRecording {
  readonly minutes: number;
  /** Where a short loud tone begins in silence. */
  readonly markSec: number;
}

/** Writes a call of two channels at 8 kHz, a voice in each in turn, as a WAV file of 16 bits. */
export async function writeLongRecording(
  path: string,
  { minutes, markSec }: LongRecording,
): Promise<void> {
  const [voice, pause] = [
    synthesizeVoice(4, { sampleRate, level: 0.3 }),
    new Float32Array(6 * sampleRate),
  ];
  const [agent, customer] = [inSequence(voice, pause), inSequence(pause, voice)];
  const part = encodeWav([agent, customer], sampleRate).subarray(headerBytes);
  const frames = minutes * 60 * sampleRate;
  const header = encodeWav([new Float32Array(), new Float32Array()], sampleRate);
  const view = new DataView(header.buffer);
  view.setUint32(4, headerBytes - 8 + frames * frameBytes, true);
  view.setUint32(40, frames * frameBytes, true);
  await using file = await open(path, "w");
  await file.write(header);
  for (let at = 0; at < frames * frameBytes; at += part.length) {
    await file.write(part, 0, Math.min(part.length, frames * frameBytes - at));
  }
  const quiet = Buffer.alloc(2 * quietSec * sampleRate * frameBytes);
  for (let frame = 0; frame < toneSec * sampleRate; frame++) {
    const value = Math.round(0.9 * 2 ** 15 * Math.cos((2 * Math.PI * 1000 * frame) / sampleRate));
    for (const channel of [0, 2]) {
      quiet.writeInt16LE(value, (quietSec * sampleRate + frame) * frameBytes + channel);
    }
  }
  const from = (markSec - quietSec) * sampleRate * frameBytes;
  await file.write(quiet, 0, quiet.length, headerBytes + from);
}

/** Keeps what plays, and its address, where `clickError` finds it; for `addInitScript`. */
export function keepAudio(): void {
  const Plain = Audio;
  globalThis.studioAudio = [];
  globalThis.Audio = class extends Plain {
    constructor() {
      super();
      globalThis.studioAudio.push(this);
    }
  };
}

declare global {
  // oxlint-disable-next-line no-var -- how TypeScript declares a global
  var studioAudio: HTMLAudioElement[];
}

/**
 * Zooms to the mark, clicks where the waveform shows it, and returns how far from its sound playback then is, in seconds:
 * what decoding, picture and click are off by together.
 */
export async function clickError(page: Page, { minutes, markSec }: LongRecording): Promise<number> {
  const waveform = page.locator("canvas.waveform").first();
  // In steps: of hours, a pixel is more than what is to be seen at last.
  for (const seenSec of [1200, 12].filter((sec) => sec < 60 * minutes)) {
    await zoomTo(page, seenSec, { minutes, markSec });
  }
  const x = await waveform.evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    const row = canvas.getContext("2d")!.getImageData(0, Math.round(0.2 * height), width, 1).data;
    for (let at = 0; at < width; at++) if (row[4 * at + 3]! > 0) return at / devicePixelRatio;
    return NaN;
  });
  const now = (await waveform.boundingBox())!;
  await page.mouse.click(now.x + x + 0.5, now.y + 4);
  return page.evaluate(async (expectedSec) => {
    const { src, currentTime } = globalThis.studioAudio.find((audio) => audio.src !== "")!;
    const wav = await (await fetch(src)).blob();
    const rate = 16_000;
    const from = Math.round((expectedSec - 5) * rate);
    const part = await wav.slice(44 + 2 * from, 44 + 2 * (from + 10 * rate)).arrayBuffer();
    const samples = Array.from(new Int16Array(part), Math.abs);
    const loud = 0.6 * samples.reduce((most, sample) => Math.max(most, sample), 0);
    return currentTime - (from + samples.findIndex((sample) => sample > loud)) / rate;
  }, markSec);
}

/** Zooms so that so much is seen, around the mark, which stays where it is. */
async function zoomTo(
  page: Page,
  seenSec: number,
  { minutes, markSec }: LongRecording,
): Promise<void> {
  const box = (await page.locator("canvas.waveform").first().boundingBox())!;
  const window = page.locator(".overview .window");
  const { left, width } = await window.evaluate((element: HTMLElement) => ({
    left: Number.parseFloat(element.style.left),
    width: Number.parseFloat(element.style.width),
  }));
  const share = ((markSec / (60 * minutes)) * box.width - left) / width;
  await page.mouse.move(box.x + share * box.width, box.y + box.height / 2);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -300 * Math.log(((width / box.width) * 60 * minutes) / seenSec));
  await page.keyboard.up("Control");
  await page.waitForTimeout(500);
}

/** Shows half of a recording, the most that can be scrolled through. */
export async function showHalf(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Show all" }).click();
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.waitForTimeout(500);
}

/** How smoothly a view scrolls, in milliseconds. */
export interface ScrollCost {
  /** From one frame to the next, whatever else the machine does. */
  readonly longestFrameMs: number;
  readonly medianFrameMs: number;
  /** Processor time of the longest task of the page's thread: a frame waits for no longer than that. */
  readonly longestTaskMs: number;
}

const scrollMs = 3000;

/** Scrolls through a recording for some seconds, 40 pixels a frame. */
export async function scrollCost(browser: Browser, page: Page): Promise<ScrollCost> {
  await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
  const frames = page.evaluate(async (ms) => {
    const lengths: number[] = [];
    const track = document.querySelector(".track")!;
    let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    for (const end = last + ms; last < end;) {
      track.dispatchEvent(new WheelEvent("wheel", { deltaX: -40, cancelable: true }));
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      lengths.push(now - last);
      last = now;
    }
    return lengths.toSorted((a, b) => a - b);
  }, scrollMs);
  const lengths = await frames;
  return {
    longestFrameMs: lengths.at(-1)!,
    medianFrameMs: lengths[lengths.length >> 1]!,
    longestTaskMs: longestTask(await browser.stopTracing()),
  };
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of processor time. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Returns the processor time of the longest task of the main threads of pages in a trace of Chromium, in milliseconds. */
function longestTask(trace: Buffer): number {
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse(trace.toString());
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const pages = new Set(
    traceEvents.filter(({ args }) => args.name === "CrRendererMain").map(threadOf),
  );
  const tasks = traceEvents.filter((event) => pages.has(threadOf(event)) && event.tdur);
  if (tasks.length === 0) throw new Error("the trace has no task of a page");
  return tasks.reduce((longest, { tdur }) => Math.max(longest, tdur!), 0) / 1000;
}
