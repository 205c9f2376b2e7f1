/**
 * Writes praat-pitch.json: Praat's fundamental frequency of the sound that the pitch test repeats.
 * Run with `praat` installed: npx tsx test/reference/praat-pitch.ts > test/reference/praat-pitch.json
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeWav } from "../../src/audio/wav.ts";
import { phrases } from "../sounds.ts";

const script = `
form Pitch
  sentence file
endform
sound = Read from file: file$
pitch = To Pitch (ac): 0.01, 65, 15, "no", 0.03, 0.45, 0.01, 0.35, 0.14, 600
frames = Get number of frames
for frame to frames
  time = Get time from frame number: frame
  hz = Get value in frame: frame, "Hertz"
  appendInfoLine: fixed$ (time, 5), " ", fixed$ (hz, 3)
endfor
`;

const folder = mkdtempSync(join(tmpdir(), "praat-"));
writeFileSync(join(folder, "sound.wav"), encodeWav(phrases(16_000), 16_000, "float32"));
writeFileSync(join(folder, "pitch.praat"), script);
const lines = execFileSync("praat", [
  "--run",
  join(folder, "pitch.praat"),
  join(folder, "sound.wav"),
]);
rmSync(folder, { recursive: true });
const frames = lines
  .toString()
  .trim()
  .split("\n")
  .map((line) => line.split(" "))
  .map(([time, hz]) => [Number(time), hz === "--undefined--" ? 0 : Number(hz)]);
process.stdout.write(`${JSON.stringify({ frames })}\n`);
