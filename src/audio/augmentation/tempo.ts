import { changeSpeed } from "./speed.ts";

const hopSec = 0.02; // half of a segment
const searchSec = 0.01; // in both directions: together one period of the lowest voice

/** Normalized correlation of two segments of `length` samples, of which every `step`th is used. */
function similarity(
  samples: Float32Array,
  [a, b, length]: readonly [number, number, number],
  step: number,
): number {
  let product = 0;
  let energy = 1e-12;
  for (let n = 0; n < length; n += step) {
    product += samples[a + n]! * samples[b + n]!;
    energy += samples[b + n]! ** 2;
  }
  return product / Math.sqrt(energy);
}

/** Returns the start from `first` to `last` whose segment is most similar to the one at `natural`. */
function mostSimilar(
  samples: Float32Array,
  { natural, hop, first, last }: Record<"natural" | "hop" | "first" | "last", number>,
  step: number,
): number {
  let best = first;
  let highest = -Infinity;
  for (let start = first; start <= last; start += step) {
    const value = similarity(samples, [natural, start, hop], 2 * step);
    if (value > highest) [best, highest] = [start, value];
  }
  return best;
}

/**
 * Returns the recording at `factor` times the tempo and the same pitch [round(length / factor)]: overlapping segments of
 * 40 ms, each taken where it best continues the previous one (WSOLA). Meant for one voice; transients of music smear.
 * @throws RangeError unless `factor` lies between 0.25 and 4
 * @see Verhelst and Roelands (1993), "An overlap-add technique based on waveform similarity"
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { changeTempo, decodeAudio, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const slower = changeTempo(toMono(channels), { sampleRate, factor: 0.8 });
 * ```
 */
export function changeTempo(
  samples: Float32Array,
  { sampleRate, factor }: { readonly sampleRate: number; readonly factor: number },
): Float32Array {
  if (!(factor >= 0.25 && factor <= 4)) {
    throw new RangeError(`changeTempo: factor must lie between 0.25 and 4, got ${factor}`);
  }
  const hop = Math.round(hopSec * sampleRate);
  const search = Math.round(searchSec * sampleRate);
  const length = Math.round(samples.length / factor);
  // Silence before is where the first segment fades in; silence after lets the last segments reach the end.
  const padded = new Float32Array(samples.length + 5 * hop + Math.ceil(hop * factor));
  padded.set(samples, hop);
  const output = new Float32Array(length + 3 * hop);
  const rise = Float32Array.from(
    { length: hop },
    (_, n) => 0.5 - 0.5 * Math.cos((Math.PI * (n + 0.5)) / hop),
  );
  let start = 0;
  for (let to = 0; to < length + hop; to += hop) {
    if (to > 0) {
      const target = Math.round(to * factor);
      const natural = start + hop;
      const first = Math.max(0, target - search);
      const last = Math.min(target + search, padded.length - 2 * hop);
      // Coarsely first, then the neighbors: pitch periods are many samples wide.
      const near = mostSimilar(padded, { natural, hop, first, last }, 2);
      const neighbors = { first: Math.max(first, near - 1), last: Math.min(last, near + 1) };
      start = mostSimilar(padded, { natural, hop, ...neighbors }, 1);
    }
    for (let n = 0; n < hop; n++) {
      output[to + n]! += rise[n]! * padded[start + n]!;
      output[to + hop + n]! += rise[hop - 1 - n]! * padded[start + hop + n]!;
    }
  }
  return output.slice(hop, hop + length);
}

/**
 * Returns the recording with its pitch raised by `semitones` (lowered when negative) at the same duration [length]: a change of
 * tempo, then of speed. Formants move along.
 * @throws RangeError unless `semitones` lies between -24 and 24
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { changePitch, decodeAudio, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const higher = changePitch(toMono(channels), { sampleRate, semitones: 2 });
 * ```
 */
export function changePitch(
  samples: Float32Array,
  { sampleRate, semitones }: { readonly sampleRate: number; readonly semitones: number },
): Float32Array {
  if (!(Math.abs(semitones) <= 24)) {
    throw new RangeError(`changePitch: semitones must lie within -24 … 24, got ${semitones}`);
  }
  const factor = 2 ** (semitones / 12);
  const raised = changeSpeed(changeTempo(samples, { sampleRate, factor: 1 / factor }), factor);
  const same = new Float32Array(samples.length); // rounding twice may be off by some samples
  same.set(raised.subarray(0, samples.length));
  return same;
}
