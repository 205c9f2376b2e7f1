import { loadAudio } from "../audio/load.node.ts";
import type { Clip } from "../datasets/manifest.ts";
import { cutSegment } from "../datasets/segment.ts";
import { UndertoneError } from "../shared/errors.ts";
import { logMelOf } from "./clip-spectrogram.ts";
import { encodeMuLawWav } from "./mu-law-wav.ts";
import type { ConfidentError } from "./page/confident-errors.ts";

const sampleRate = 16_000;

/** Of a longer clip the report embeds the start. */
const longestSec = 6;

/**
 * Returns a clip's log-mel spectrogram and its audio as the `data:` URI of a µ-law WAV file, both of its first 6 seconds at 16 kHz;
 * `undefined` where the clip is not known or cannot be read.
 */
export async function readRecording(
  clip: Pick<Clip, "path" | "segment"> | undefined,
): Promise<ConfidentError["recording"]> {
  if (clip === undefined) return undefined;
  let samples: Float32Array;
  try {
    const recording = await loadAudio(clip.path, { sampleRate });
    samples = cutSegment(recording.samples, sampleRate, clip.segment);
  } catch (error) {
    if (error instanceof UndertoneError) return undefined;
    throw error;
  }
  const start = samples.subarray(0, longestSec * sampleRate);
  const wav = Buffer.from(encodeMuLawWav(start, sampleRate)).toString("base64");
  return { logMel: logMelOf(start), wavUri: `data:audio/wav;base64,${wav}` };
}
