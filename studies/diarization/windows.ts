import { augmentWaveform } from "../../src/audio/augmentation/waveform.ts";
import { changeSpeed } from "../../src/audio/augmentation/speed.ts";
import { loadAudio } from "../../src/audio/load.node.ts";
import { speechPart } from "../../src/audio/speech-part.ts";
import type { Clip } from "../../src/datasets/manifest.ts";
import { windowSec } from "../../src/diarization/speech-windows.ts";
import { Random } from "../../src/shared/random.ts";

const sampleRate = 16_000;
const length = windowSec * sampleRate;
const shortest = 0.75 * sampleRate;

/** A window of speech and whose it is; one of another speed is of a speaker of its own. */
export interface SpeakerWindow {
  readonly samples: Float32Array;
  readonly speaker: string;
  readonly clip: string;
  readonly isNoisy: boolean;
}

/** How clips are changed: by noise and telephone, and by speed, which makes other voices of them. */
const channel = { probability: 1, snrDb: [5, 25], telephone: { probability: 0.3 } } as const;
const speeds = [0.88, 1.12];

/** Returns the windows of a clip as it is and with noise, and with `withSpeeds` as another voice. */
export async function windowsOf(clip: Clip, withSpeeds: boolean): Promise<SpeakerWindow[]> {
  const { samples } = await loadAudio(clip.path, { sampleRate });
  const speech = speechPart(samples, { sampleRate, longestSec: 60 });
  const random = new Random(1, "diarization views", clip.id);
  const noisy = (of: Float32Array): Float32Array =>
    augmentWaveform(of, { sampleRate, augmentation: channel }, random);
  const { speakerId: speaker, id } = clip;
  const views = [
    { samples: speech, speaker, isNoisy: false },
    { samples: noisy(speech), speaker, isNoisy: true },
  ];
  if (withSpeeds) {
    const factor = random.pick(speeds);
    const changed = changeSpeed(speech, factor);
    const isNoisy = random.uniform() < 0.5;
    const own = isNoisy ? noisy(changed) : changed;
    views.push({ samples: own, speaker: `${speaker} × ${factor}`, isNoisy });
  }
  return views.flatMap((view) =>
    cut(view.samples).map((part) => ({ ...view, samples: part, clip: id })),
  );
}

/** Windows from the start of speech to its end; of speech that is hardly longer its middle. */
function cut(speech: Float32Array): Float32Array[] {
  if (speech.length < shortest) return [];
  const excess = speech.length - length;
  if (excess < length / 4) {
    const start = Math.max(0, Math.floor(excess / 2));
    return [speech.slice(start, start + length)];
  }
  const steps = Math.max(1, Math.floor(excess / length));
  return Array.from({ length: steps + 1 }, (_, step) => {
    const start = Math.floor((step / steps) * excess);
    return speech.slice(start, start + length);
  });
}
