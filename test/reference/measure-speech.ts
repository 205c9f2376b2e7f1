/**
 * Prints how speech activity does on recordings that hold speech, and on synthesized sounds that hold none.
 * Run: npx tsx test/reference/measure-speech.ts FOLDER [every n-th file]
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { loadAudio } from "../../src/audio/load.node.ts";
import { pitch } from "../../src/audio/pitch.ts";
import { speechActivity } from "../../src/audio/speech-activity.ts";
import { nonSpeech } from "../sounds.ts";

const sampleRate = 16_000;
const [folder = ".", step = "1"] = process.argv.slice(2);
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(flac|wav|opus|mp3|ogg)$/i.test(file))
  .toSorted((a, b) => a.localeCompare(b))
  .filter((_, index) => index % Number(step) === 0);

const spokenSec: number[] = [];
const likeness: number[] = [];
const missed: string[] = [];
let totalSec = 0;
let activityMs = 0;
let pitchMs = 0;
for (const file of files) {
  const { samples, durationSec } = await loadAudio(join(folder, file), { sampleRate });
  const start = performance.now();
  const { regions, speechLikeness } = speechActivity(samples, sampleRate);
  const middle = performance.now();
  pitch(samples, sampleRate);
  pitchMs += performance.now() - middle;
  activityMs += middle - start;
  totalSec += durationSec;
  if (regions.length === 0) missed.push(file);
  else {
    spokenSec.push(regions.reduce((sum, { startSec, endSec }) => sum + endSec - startSec, 0));
    likeness.push(speechLikeness);
  }
}

function quantile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))]?.toFixed(2) ?? "–";
}

const sounds = Object.entries(nonSpeech(4, sampleRate));
const alarms = sounds.filter(
  ([, samples]) => speechActivity(samples, sampleRate).regions.length > 0,
);
process.stdout.write(
  [
    `${files.length} files, ${Math.round(totalSec)} s`,
    `speech found in ${spokenSec.length}; none in: ${missed.join(", ") || "–"}`,
    `speech with padding: mean ${(spokenSec.reduce((sum, sec) => sum + sec, 0) / spokenSec.length).toFixed(2)} s, 1 %: ${quantile(spokenSec, 0.01)} s, 99 %: ${quantile(spokenSec, 0.99)} s`,
    `speech-likeness: least ${quantile(likeness, 0)}, 1 %: ${quantile(likeness, 0.01)}, median ${quantile(likeness, 0.5)}`,
    `speech activity ${Math.round((1000 * totalSec) / activityMs)} times, fundamental frequency ${Math.round((1000 * totalSec) / pitchMs)} times as fast as the recordings`,
    `false alarms: ${alarms.length} of ${sounds.length} sounds (${alarms.map(([name]) => name).join(", ") || "–"})`,
    "",
  ].join("\n"),
);
