/** The most memory of analyses: of each bomb, of ten thousand files, and of an hour with words. */
import { link, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAudio } from "../../src/audio/load.node.ts";
import { encodeWav } from "../../src/audio/wav.ts";
import { loudnessModelFile } from "../support/loudness-model.ts";
import { synthesizeVoice } from "../support/voice.ts";
import { run } from "./commands.ts";
import { bombs } from "./inputs/bombs.ts";
import { Tally, type TortureOptions } from "./tally.ts";

const sampleRate = 16_000;
/** Voice only, whatever the file says. */
const mostMb = 800;
/** What ten times as many files may add. */
const flatMb = 60;

/** Nothing is measured where the system does not tell the memory of processes: elsewhere than on Linux. */
export async function tortureMemory(options: TortureOptions): Promise<Tally> {
  const tally = new Tally("memory");
  const root = await mkdtemp(join(tmpdir(), "undertone-memory-"));
  try {
    await measureBombs(root, tally, options);
    await measureFiles(root, tally, options);
    await measureHour(root, tally, options);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  return tally;
}

const voiceOnly = ["--no-transcript", "--model", "small"];

async function measureBombs(root: string, tally: Tally, { size }: TortureOptions): Promise<void> {
  const file = join(root, "bomb");
  for (const [name, make] of Object.entries(bombs)) {
    await writeFile(file, make(size));
    const words = ["analyze", file, ...voiceOnly, "--max-duration", "0.5"];
    const { peakMb, exitCode } = await run(words, { mostMs: 600_000 });
    tally.note(`${name}: ${peakMb} MB`);
    tally.count(peakMb > mostMb || exitCode === null ? "failed" : "right", `${name}: ${peakMb} MB`);
  }
}

async function measureFiles(root: string, tally: Tally, { size }: TortureOptions): Promise<void> {
  const sounds = join(root, "sounds");
  await mkdir(sounds);
  await writeFile(join(root, "model.onnx"), loudnessModelFile());
  const sound = encodeWav(synthesizeVoice(1, { sampleRate, level: 0.9 }), sampleRate);
  await writeFile(join(root, "0.wav"), sound);
  const peaks: number[] = [];
  let made = 0;
  for (const count of [1000 * size, 10_000 * size].map(Math.ceil)) {
    for (; made < count; made++) await link(join(root, "0.wav"), join(sounds, `${made}.wav`));
    const out = join(root, `${count}.jsonl`);
    const model = ["--no-transcript", "--model", join(root, "model.onnx")];
    const { peakMb } = await run(["analyze", sounds, ...model, "--out", out], {
      mostMs: 3_600_000,
    });
    tally.note(`${count} files: ${peakMb} MB in the largest process`);
    peaks.push(peakMb);
  }
  const grown = peaks[1]! - peaks[0]!;
  tally.count(grown > flatMb ? "failed" : "right", `${grown} MB more for ten times as many files`);
}

/** Speech of the folder `speech` in `UNDERTONE_DATA`, with the default models, where these are there. */
async function measureHour(root: string, tally: Tally, { size }: TortureOptions): Promise<void> {
  const data = process.env["UNDERTONE_DATA"];
  if (data === undefined) return;
  const { samples } = await loadAudio(join(data, "speech/jfk.wav"), { sampleRate });
  const hour = new Float32Array(Math.ceil(3600 * size) * sampleRate);
  for (let at = 0; at < hour.length; at += samples.length) {
    hour.set(samples.subarray(0, hour.length - at), at);
  }
  const file = join(root, "hour.wav");
  await writeFile(file, encodeWav(hour, sampleRate));
  const out = join(root, "hour.jsonl");
  const words = ["analyze", file, "--offline", "--transcriber", "moonshine-base", "--out", out];
  const { peakMb, exitCode, stderr } = await run(words, { mostMs: 7_200_000 });
  tally.note(`${hour.length / sampleRate} s with words: ${peakMb} MB`);
  tally.count(exitCode === 0 ? "right" : "failed", `with words: ${exitCode} ${stderr}`);
}
