import { augmentWaveform } from "../../src/audio/augmentation/waveform.ts";
import { loadAudio } from "../../src/audio/load.node.ts";
import { speechPart } from "../../src/audio/speech-part.ts";
import { basename } from "node:path";
import type { Clip } from "../../src/datasets/manifest.ts";
import { windowSec } from "../../src/diarization/speech-windows.ts";
import { Random } from "../../src/shared/random.ts";

const sampleRate = 16_000;
const length = windowSec * sampleRate;
const shortest = 0.75 * sampleRate;

/** All of a window's samples. */
export const wholeWindow = { startSec: 0, endSec: Infinity };

/** A window of speech and whose it is. */
export interface SpeakerWindow {
  readonly samples: Float32Array;
  readonly speaker: string;
  readonly clip: string;
  readonly isNoisy: boolean;
}

const channel = { probability: 1, snrDb: [5, 25], telephone: { probability: 0.3 } } as const;

/** Returns the windows of a clip's speech, as it is and with noise and telephone. */
export async function windowsOf(clip: Clip): Promise<SpeakerWindow[]> {
  const { samples } = await loadAudio(clip.path, { sampleRate });
  const random = new Random(1, "aug", basename(clip.path));
  const noisy = augmentWaveform(samples, { sampleRate, augmentation: channel }, random);
  const spoken = speechPart(samples, { sampleRate, longestSec: 60 });
  const from = (spoken.byteOffset - samples.byteOffset) / Float32Array.BYTES_PER_ELEMENT;
  return [samples, noisy].flatMap((view) =>
    cut(view.subarray(from, from + spoken.length)).map((part) => ({
      samples: part,
      speaker: clip.speakerId,
      clip: clip.id,
      isNoisy: view === noisy,
    })),
  );
}

/** One window in the middle of short speech; else from its start to its end. */
function cut(speech: Float32Array): Float32Array[] {
  if (speech.length < shortest) return [];
  const excess = speech.length - length;
  const middle = Math.max(0, Math.floor(excess / 2));
  const starts =
    excess <= length / 4 ? [middle] : excess < length * (4 / 3) ? [0, excess] : [0, middle, excess];
  return starts.map((start) => speech.slice(start, start + length));
}
