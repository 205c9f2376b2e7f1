import type { Random } from "../../shared/random.ts";
import { addReverberation } from "./reverberation.ts";

export interface DistanceOptions {
  /** Hz */
  readonly sampleRate: number;
  /** From mouth to microphone in meters. */
  readonly distanceM: number;
  /** Reverberation time of the room in seconds. */
  readonly t60Sec: number;
}

/** Where the room is as loud as the voice itself, in meters. */
const criticalDistanceM = 1;
/** Cutoff of a first-order low-pass at 1 m: off its axis and through the air a voice loses its highs. */
const cutoffHzAtOneMeter = 8000;

/**
 * Returns a copy as from a microphone at some distance: more of the room by the square of the distance, duller, and beyond 1 m
 * quieter by 6 dB a doubling. A simple model of the direction of the loss, not of a room.
 * @throws RangeError when `distanceM` is not above 0 and at most 20
 */
export function moveAway(
  samples: Float32Array,
  { sampleRate, distanceM, t60Sec }: DistanceOptions,
  random: Random,
): Float32Array {
  if (!(distanceM > 0 && distanceM <= 20)) {
    throw new RangeError(`moveAway: distanceM must be above 0 and at most 20, got ${distanceM}`);
  }
  const reverberantShare = (distanceM / criticalDistanceM) ** 2;
  const inRoom = addReverberation(samples, { sampleRate, t60Sec, reverberantShare }, random);
  const cutoffHz = cutoffHzAtOneMeter / Math.max(1, distanceM);
  const pole = Math.exp((-2 * Math.PI * cutoffHz) / sampleRate);
  const gain = 1 / Math.max(1, distanceM);
  let dull = 0;
  return inRoom.map((sample) => {
    dull += (1 - pole) * (sample - dull);
    return gain * dull;
  });
}
