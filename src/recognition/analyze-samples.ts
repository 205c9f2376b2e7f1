import { resample } from "../audio/resample.ts";
import { speechSampleRate } from "../transcription/transcript.ts";
import type { Analysis, ChannelModels } from "./analysis.ts";
import { analyzeRecording } from "./analyze.ts";
import type { Speaker } from "./enrollment.ts";
import { transcribeBlocks, type Listener } from "./transcription.ts";

/** What an analysis does: with speech-to-text it first listens for words, then judges both channels. */
export type AnalysisStage = "transcript" | "emotion";

export interface AnalyzeSamplesOptions {
  /** Segments in which no emotion is as likely as this, 0 to 1, are abstained from; by default none. */
  readonly minConfidence?: number | undefined;
  /** Who speaks, where the recognizer has enrolled them. */
  readonly speaker?: Speaker | undefined;
  /** Hz */
  readonly sampleRate: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds of the recording that are done, and of what. */
  readonly onProgress?: ((doneSec: number, stage: AnalysisStage) => void) | undefined;
}

/** What answers for a recording: models, and the speech-to-text that there is. */
export interface AnalysisParts extends ChannelModels {
  readonly listener?: Listener | undefined;
}

/** Seconds of sound that are looked at in one go. */
export const blockSec = 30;

function* cutIntoBlocks(
  samples: Float32Array,
  sampleRate: number,
  onBlock: (doneSec: number) => void = () => undefined,
): Generator<Float32Array> {
  const blockLength = blockSec * sampleRate;
  for (let start = 0; start < samples.length; start += blockLength) {
    const block = samples.subarray(start, start + blockLength);
    yield block;
    onBlock((start + block.length) / sampleRate);
  }
}

/**
 * Emotion over time of sound in memory, in a page as in Node.
 * @param samples mono, -1 to 1
 * @throws RangeError for a sample that is not finite, and for a rate that is none
 * @throws UndertoneError `cancelled`, and what speech-to-text throws
 */
export async function analyzeSamples(
  samples: Float32Array,
  { listener, ...models }: AnalysisParts,
  { sampleRate, signal, onProgress, minConfidence, speaker }: AnalyzeSamplesOptions,
): Promise<Analysis> {
  const bad = samples.findIndex((sample) => !Number.isFinite(sample));
  if (bad >= 0) {
    throw new RangeError(`analyze: samples must be finite, sample ${bad} is ${samples[bad]}`);
  }
  if (!(sampleRate > 0)) {
    throw new RangeError(`analyze: sampleRate must be above 0 Hz, got ${sampleRate}`);
  }
  const atRate = async (rate: number): Promise<Float32Array> =>
    sampleRate === rate ? samples : resample(samples, sampleRate, rate);
  const transcription =
    listener &&
    (await transcribeBlocks(
      cutIntoBlocks(await atRate(speechSampleRate), speechSampleRate, (doneSec) =>
        onProgress?.(doneSec, "transcript"),
      ),
      listener,
      signal,
    ));
  const { sampleRate: voiceRate } = models.voice.card;
  const blocks = cutIntoBlocks(await atRate(voiceRate), voiceRate);
  return analyzeRecording({ blocks, warnings: [], transcription }, models, {
    signal,
    minConfidence,
    speaker,
    onProgress: (doneSec) => onProgress?.(doneSec, "emotion"),
  });
}
