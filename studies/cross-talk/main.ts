/**
 * How much cross-talk is found, and how much double talk is mistaken for it: `npx tsx studies/cross-talk/main.ts CREMA-D`.
 *
 * Calls of two people are built from a folder of CREMA-D's clips, with a leak into the other channel. Counted are frames of
 * 50 ms: of double talk those in which the channel's own speaker is at least as loud as the leak; of the leak those in which
 * it is 10 dB above the channel's noise and its own speaker is silent. "Told twice" is such leak that `findSpeech` finds.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ChannelComparison } from "../../src/audio/channels.ts";
import { CrossTalk } from "../../src/audio/cross-talk.ts";
import { loadAudio } from "../../src/audio/load.node.ts";
import { findSpeech } from "../../src/audio/speech-activity.ts";
import { Random } from "../../src/shared/random.ts";
import { table } from "../../bench/speed/table.ts";
import { buildCall, noiseLevel, type Call } from "./call.ts";

const sampleRate = 16_000;
const frame = 800;
const leakLevels = [-10, -20, -30, -Infinity];
const delaysMs = [0, 5, 20, 40];
const callsEach = 4;
const clipsEach = 8;

const folder = process.argv[2]!;
const files = (await readdir(folder)).filter((name) => name.endsWith(".opus"));
const speakers = [...new Set(files.map((name) => name.slice(0, 4)))];

async function clipsOf(speaker: string, random: Random): Promise<Float32Array[]> {
  const own = random.shuffle(files.filter((name) => name.startsWith(speaker))).slice(0, clipsEach);
  const clips = [];
  for (const name of own) clips.push((await loadAudio(join(folder, name), { sampleRate })).samples);
  const energy = clips.reduce((sum, clip) => sum + clip.reduce((all, x) => all + x * x, 0), 0);
  const length = clips.reduce((sum, clip) => sum + clip.length, 0);
  const gain = 10 ** (random.uniform(-28, -20) / 20) / Math.sqrt(energy / length);
  return clips.map((clip) => clip.map((x) => gain * x));
}

const powerOf = (samples: Float32Array, n: number): number =>
  samples.subarray(n * frame, (n + 1) * frame).reduce((sum, x) => sum + x * x, 0) / frame;

interface Counts {
  double: number;
  doubleMasked: number;
  own: number;
  ownMasked: number;
  leak: number;
  leakMissed: number;
  twiceSec: number;
  twiceBeforeSec: number;
  rightChoices: number;
  calls: number;
}

async function masked(call: Call): Promise<Float32Array[]> {
  const blocks = [call.channels];
  const parts: (readonly Float32Array[])[] = [];
  for await (const block of new CrossTalk(sampleRate).without(blocks)) parts.push(block);
  return call.channels.map((_, n) => Float32Array.from(parts.flatMap((part) => [...part[n]!])));
}

async function count(call: Call, counts: Counts): Promise<void> {
  const after = await masked(call);
  const frames = Math.floor(call.channels[0]!.length / frame);
  const active = call.spoken.map((own) => {
    const powers = Array.from({ length: frames }, (_, n) => powerOf(own, n));
    const loud = powers.toSorted((a, b) => a - b)[Math.floor(0.95 * frames)]!;
    return powers.map((power) => power > loud / 10 ** 2.5);
  });
  for (const who of [0, 1]) {
    const speech = findSpeech(after[who]!, sampleRate);
    const before = findSpeech(call.channels[who]!, sampleRate);
    const spokenAt = (n: number): boolean =>
      active[who]!.slice(Math.max(0, n - 8), n + 9).includes(true);
    const within = (regions: typeof speech, n: number): boolean =>
      regions.some(
        (r) =>
          r.startSec < ((n + 0.5) * frame) / sampleRate &&
          r.endSec > ((n + 0.5) * frame) / sampleRate,
      );
    for (let n = 0; n < frames; n++) {
      const isMasked = powerOf(after[who]!, n) < 0.25 * powerOf(call.channels[who]!, n);
      const isLeak = powerOf(call.leaks[who]!, n) > 10 * noiseLevel ** 2;
      if (active[who]![n]) {
        if (active[1 - who]![n] && powerOf(call.spoken[who]!, n) < powerOf(call.leaks[who]!, n))
          continue;
        const kind = active[1 - who]![n] ? "double" : "own";
        counts[kind]++;
        if (isMasked) counts[`${kind}Masked`]++;
      } else if (isLeak && !spokenAt(n)) {
        counts.leak++;
        if (!isMasked) counts.leakMissed++;
        if (within(speech, n)) counts.twiceSec += frame / sampleRate;
        if (within(before, n)) counts.twiceBeforeSec += frame / sampleRate;
      }
    }
  }
  const comparison = new ChannelComparison();
  comparison.push({ sampleRate, channels: [...call.channels] });
  counts.calls++;
  if (comparison.relation().choice === "split") counts.rightChoices++;
}

const percent = (part: number, all: number): string =>
  all === 0 ? "–" : `${((100 * part) / all).toFixed(1)} %`;
const rows: string[][] = [];
for (const leakDb of leakLevels) {
  for (const delayMs of delaysMs) {
    if (leakDb === -Infinity && delayMs > 0) continue;
    const counts: Counts = {
      double: 0,
      doubleMasked: 0,
      own: 0,
      ownMasked: 0,
      leak: 0,
      leakMissed: 0,
      twiceSec: 0,
      twiceBeforeSec: 0,
      rightChoices: 0,
      calls: 0,
    };
    const times = leakDb === -Infinity ? 12 : callsEach;
    for (let n = 0; n < times; n++) {
      const random = new Random("cross-talk", String(leakDb), delayMs, n);
      const [a, b] = random.shuffle(speakers);
      const clips = [await clipsOf(a!, random), await clipsOf(b!, random)];
      await count(
        buildCall(clips, { sampleRate, leakDb, delaySec: delayMs / 1000, random }),
        counts,
      );
    }
    rows.push([
      leakDb === -Infinity ? "none" : `${leakDb} dB`,
      leakDb === -Infinity ? "–" : `${delayMs} ms`,
      String(counts.calls),
      percent(counts.doubleMasked, counts.double),
      percent(counts.ownMasked, counts.own),
      percent(counts.leakMissed, counts.leak),
      `${counts.twiceBeforeSec.toFixed(0)} s`,
      `${counts.twiceSec.toFixed(0)} s`,
      `${counts.rightChoices} of ${counts.calls}`,
    ]);
  }
}
const header = [
  "leak",
  "delay",
  "calls",
  "double talk masked",
  "own speech masked",
  "leak missed",
  "told twice before",
  "after",
  "auto splits",
];
process.stdout.write(`${table(header, rows)}\n`);
