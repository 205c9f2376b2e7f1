import type { Random } from "../../shared/random.ts";
import { codecs, type Codec } from "./codec-names.ts";
import { applyCodec } from "./codec.ts";
import { moveAway } from "./distance.ts";
import { changeGain, shiftTime } from "./gain-and-shift.ts";
import { addNoise, type NoiseColor } from "./noise.ts";
import { addRecordedNoise } from "./recorded-noise.ts";
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
  /** Meters from mouth to microphone. */
  readonly distanceM?: Range | undefined;
  readonly snrDb?: Range | undefined;
  readonly noiseColors?: readonly NoiseColor[];
  /** The codec of a call, one of `codecs`, by a probability of its own where it has one. */
  readonly telephone?:
    | { readonly probability?: number | undefined; readonly codecs?: readonly Codec[] | undefined }
    | undefined;
  /** Probability of a channel at all: of room, distance, noise and telephone together; 1 by default. */
  readonly channelProbability?: number | undefined;
}

interface AugmentOptions {
  /** Hz */
  readonly sampleRate: number;
  readonly augmentation: WaveformAugmentation;
  /** Recordings [source][recording] in place of colored noise: each source is as likely, each of its recordings too. */
  readonly noise?: readonly (readonly Float32Array[])[] | undefined;
}

/** Of the room around a microphone at a distance where no reverberation time is given. */
const ordinaryT60Sec = 0.4;

/**
 * Returns an augmented copy of a clip: speed, tempo, pitch, shift, gain, room, noise and telephone, in this order, each applied
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
  options: AugmentOptions,
  random: Random,
): Float32Array {
  const { sampleRate, augmentation } = options;
  const { speed, tempo, pitchSemitones, shiftSec, gainDb, channelProbability } = augmentation;
  let changed: Float32Array = samples.slice();
  let amount = draw(speed, augmentation, random);
  if (amount !== undefined) changed = changeSpeed(changed, amount);
  amount = draw(tempo, augmentation, random);
  if (amount !== undefined) changed = changeTempo(changed, { sampleRate, factor: amount });
  amount = draw(pitchSemitones, augmentation, random);
  if (amount !== undefined) changed = changePitch(changed, { sampleRate, semitones: amount });
  amount = draw(shiftSec, augmentation, random);
  if (amount !== undefined) changed = shiftTime(changed, Math.round(amount * sampleRate));
  amount = draw(gainDb, augmentation, random);
  if (amount !== undefined) changed = changeGain(changed, amount);
  if (channelProbability !== undefined && random.uniform() >= channelProbability) return changed;
  return throughChannel(changed, options, random);
}

/** Returns a clip as it arrives: from a room, over noise, by telephone. */
function throughChannel(
  samples: Float32Array,
  { sampleRate, augmentation, noise = [] }: AugmentOptions,
  random: Random,
): Float32Array {
  const { reverberationSec, distanceM, snrDb, telephone, probability } = augmentation;
  const { noiseColors = ["white", "pink"] } = augmentation;
  let changed = samples;
  const t60Sec = draw(reverberationSec, augmentation, random);
  const meters = draw(distanceM, augmentation, random);
  if (meters !== undefined) {
    const room = { sampleRate, distanceM: meters, t60Sec: t60Sec ?? ordinaryT60Sec };
    changed = moveAway(changed, room, random);
  } else if (t60Sec !== undefined) {
    changed = addReverberation(changed, { sampleRate, t60Sec }, random);
  }
  const ratioDb = draw(snrDb, augmentation, random);
  if (ratioDb !== undefined && noise.length > 0) {
    const recording = random.pick(random.pick(noise));
    changed = addRecordedNoise(changed, { snrDb: ratioDb, recording }, random);
  } else if (ratioDb !== undefined) {
    changed = addNoise(changed, { snrDb: ratioDb, color: random.pick(noiseColors) }, random);
  }
  if (telephone && random.uniform() < (telephone.probability ?? probability)) {
    changed = applyCodec(changed, random.pick(telephone.codecs ?? codecs));
  }
  return changed;
}

function draw(
  range: Range | undefined,
  { probability }: WaveformAugmentation,
  random: Random,
): number | undefined {
  return range !== undefined && random.uniform() < probability
    ? random.uniform(...range)
    : undefined;
}
