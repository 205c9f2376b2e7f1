/**
 * transformers.js's `spectrogram`, clips of 4.096 s at 16 kHz per second: prints one JSON line per setting, like peers/log_mel.py.
 * Usage: `tsx bench/peers/log-mel-transformers.ts [--seconds 1]`, after `npm ci` in bench/peers/transformers.
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import packageJson from "./transformers/package.json" with { type: "json" };

/** The part of transformers.js's src/utils/audio.js that is used here. */
interface TransformersAudio {
  mel_filter_bank(
    bins: number,
    nMels: number,
    fMin: number,
    fMax: number,
    sampleRate: number,
    norm: "slaney",
    scale: "slaney",
  ): number[][];
  window_function(length: number, name: "hann"): Float64Array;
  spectrogram(
    samples: Float32Array,
    window: Float64Array,
    winLength: number,
    hopLength: number,
    options: Readonly<Record<string, unknown>>,
  ): Promise<{ data: Float32Array }>;
}

const sampleRate = 16_000;
const settings = [
  { nFft: 1024, winLength: 1024, hopLength: 256, nMels: 128 },
  { nFft: 512, winLength: 400, hopLength: 160, nMels: 64 },
];

const { values } = parseArgs({ options: { seconds: { type: "string", default: "1" } } });
// Since version 4 the package exports no `spectrogram`, so its source file is taken directly.
const folder = `${import.meta.dirname}/transformers/node_modules/@huggingface/transformers`;
const audio: TransformersAudio = await import(pathToFileURL(`${folder}/src/utils/audio.js`).href);
const clip = Float32Array.from({ length: 65_536 }, (_, n) => Math.sin(n * n * 1e-5));

for (const setting of settings) {
  const filters = audio.mel_filter_bank(
    setting.nFft / 2 + 1,
    setting.nMels,
    0,
    sampleRate / 2,
    sampleRate,
    "slaney",
    "slaney",
  );
  const window = audio.window_function(setting.winLength, "hann");
  const step = () =>
    audio.spectrogram(clip, window, setting.winLength, setting.hopLength, {
      fft_length: setting.nFft,
      power: 2,
      mel_filters: filters,
      log_mel: "log10",
    });
  for (let warmUp = 0; warmUp < 20; warmUp++) await step();
  const times: number[] = [];
  const end = performance.now() + Number(values.seconds) * 1000;
  while (performance.now() < end || times.length < 3) {
    const start = performance.now();
    await step();
    times.push(performance.now() - start);
  }
  const median = times.toSorted((a, b) => a - b)[times.length >> 1]!;
  const record = {
    peer: "transformers.js",
    version: packageJson.dependencies["@huggingface/transformers"],
    threads: 1,
    ...setting,
    batch: 1,
    clipsPerSec: Math.round(10_000 / median) / 10,
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  process.stdout.write(`${JSON.stringify(record)}\n`);
}
