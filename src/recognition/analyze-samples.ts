import { resample } from "../audio/resample.ts";
import type { Analysis, WindowModel } from "./analysis.ts";
import { analyzeRecording } from "./analyze.ts";

export interface AnalyzeSamplesOptions {
  /** Hz */
  readonly sampleRate: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds of the recording that are done. */
  readonly onProgress?: ((doneSec: number) => void) | undefined;
}

/** Seconds of sound that are looked at in one go. */
export const blockSec = 30;

function* cutIntoBlocks(samples: Float32Array, blockLength: number): Generator<Float32Array> {
  for (let start = 0; start < samples.length; start += blockLength) {
    yield samples.subarray(start, start + blockLength);
  }
}

/**
 * Emotion over time of sound in memory, in a page as in Node.
 * @param samples mono, -1 to 1
 * @throws RangeError for a sample that is not finite, and for a rate that is none
 * @throws UndertoneError `cancelled`
 */
export async function analyzeSamples(
  samples: Float32Array,
  model: WindowModel,
  { sampleRate, signal, onProgress }: AnalyzeSamplesOptions,
): Promise<Analysis> {
  const bad = samples.findIndex((sample) => !Number.isFinite(sample));
  if (bad >= 0) {
    throw new RangeError(`analyze: samples must be finite, sample ${bad} is ${samples[bad]}`);
  }
  if (!(sampleRate > 0)) {
    throw new RangeError(`analyze: sampleRate must be above 0 Hz, got ${sampleRate}`);
  }
  const target = model.card.sampleRate;
  const heard = sampleRate === target ? samples : await resample(samples, sampleRate, target);
  const blocks = cutIntoBlocks(heard, blockSec * target);
  return analyzeRecording({ blocks, warnings: [] }, model, { signal, onProgress });
}
