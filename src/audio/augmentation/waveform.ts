import type { Random } from "../../shared/random.ts";
import { changeGain, shiftTime } from "./gain-and-shift.ts";
import { addNoise, type NoiseColor } from "./noise.ts";
import { addReverberation } from "./reverberation.ts";
import { changeSpeed } from "./speed.ts";
import { changePitch, changeTempo } from "./tempo.ts";

type Range = readonly [low: number, high: number];

/** Augmentations, each with an amount drawn uniformly from its range; omitted ones are not applied. */
export interface WaveformAugmentation {
  /** Probability of each augmentation, drawn separately. */
  readonly probability: number;
  /** Factor of tempo and pitch together. */
  readonly speed?: Range | undefined;
  /** Factor of tempo alone. */
  readonly tempo?: Range | undefined;
  readonly pitchSemitones?: Range | undefined;
  readonly shiftSec?: Range | undefined;
  readonly gainDb?: Range | undefined;
  /** Reverberation time T60. */
  readonly reverberationSec?: Range | undefined;
  readonly snrDb?: Range | undefined;
  readonly noiseColors?: readonly NoiseColor[];
}

/**
 * Returns an augmented copy of a clip: speed, tempo, pitch, shift, gain, reverberation and noise, in this order, each applied
 * with `probability`. Speed and tempo change the length. The same generator state gives the same samples.
 * @throws RangeError for amounts outside the ranges of the individual functions
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { Random, augmentWaveform, decodeAudio, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const augmentation = { probability: 0.5, speed: [0.9, 1.1], snrDb: [10, 30] } as const;
 * const random = new Random(1, "augmentation");
 * const augmented = augmentWaveform(toMono(channels), { sampleRate, augmentation }, random);
 * ```
 */
export function augmentWaveform(
  samples: Float32Array,
  { sampleRate, augmentation }: { sampleRate: number; augmentation: WaveformAugmentation },
  random: Random,
): Float32Array {
  const { probability, noiseColors = ["white", "pink"] } = augmentation;
  const { speed, tempo, pitchSemitones, shiftSec, gainDb, reverberationSec, snrDb } = augmentation;
  const draw = (range: Range | undefined): number | undefined =>
    range !== undefined && random.uniform() < probability ? random.uniform(...range) : undefined;

  let changed: Float32Array = samples.slice();
  let amount = draw(speed);
  if (amount !== undefined) changed = changeSpeed(changed, amount);
  amount = draw(tempo);
  if (amount !== undefined) changed = changeTempo(changed, { sampleRate, factor: amount });
  amount = draw(pitchSemitones);
  if (amount !== undefined) changed = changePitch(changed, { sampleRate, semitones: amount });
  amount = draw(shiftSec);
  if (amount !== undefined) changed = shiftTime(changed, Math.round(amount * sampleRate));
  amount = draw(gainDb);
  if (amount !== undefined) changed = changeGain(changed, amount);
  amount = draw(reverberationSec);
  if (amount !== undefined) {
    changed = addReverberation(changed, { sampleRate, t60Sec: amount }, random);
  }
  amount = draw(snrDb);
  if (amount === undefined) return changed;
  return addNoise(changed, { snrDb: amount, color: random.pick(noiseColors) }, random);
}
