import type { Random } from "../../shared/random.ts";
import type { Frame } from "./articulation.ts";
import type { Prosody, Voice } from "./voices.ts";

const bandwidthsHz = [80, 100, 150, 250, 350];
/** F4 and F5, Hz, which do not move with the vowel. */
const upperFormantsHz = [3500, 4500];
const openQuotient = 0.62;
const neutralCornerHz = 2500;
const neutralBreath = 0.3;
const neutralJitter = 0.008;

/** Two poles with unit gain at 0 Hz. @see Klatt 1980, https://doi.org/10.1121/1.383940. */
class Resonator {
  #a = 0;
  #b = 0;
  #c = 0;
  #y1 = 0;
  #y2 = 0;

  tune(frequencyHz: number, bandwidthHz: number, sampleRate: number): void {
    const radius = Math.exp((-Math.PI * bandwidthHz) / sampleRate);
    this.#c = -radius * radius;
    this.#b = 2 * radius * Math.cos((2 * Math.PI * frequencyHz) / sampleRate);
    this.#a = 1 - this.#b - this.#c;
  }

  next(x: number): number {
    const y = this.#a * x + this.#b * this.#y1 + this.#c * this.#y2;
    this.#y2 = this.#y1;
    this.#y1 = y;
    return y;
  }
}

/** Slope of Rosenberg's polynomial pulse at `phase` of its period: the flow that the lips radiate. */
function glottalSlope(phase: number): number {
  const rise = 0.66 * openQuotient;
  if (phase < rise) return (6 * (phase / rise) * (1 - phase / rise)) / rise;
  if (phase < openQuotient) return (-2 * (phase - rise)) / (openQuotient - rise) ** 2;
  return 0;
}

/**
 * Sound of articulated frames, [frames × frameLength] samples: glottal pulses and aspiration through
 * a cascade of five formants, with the noise of consonants beside it.
 * @see Rosenberg 1971, https://doi.org/10.1121/1.1912389, pulse B; Klatt 1980
 */
export function synthesize(
  frames: readonly Frame[],
  {
    voice,
    prosody,
    frameLength,
    sampleRate,
  }: { voice: Voice; prosody: Prosody; frameLength: number; sampleRate: number },
  random: Random,
): Float32Array {
  const samples = new Float32Array(frames.length * frameLength);
  const tract = bandwidthsHz.map(() => new Resonator());
  const burst = new Resonator();
  const cornerHz = Math.min(0.4 * sampleRate, neutralCornerHz * 2 ** prosody.brightness);
  const smoothing = Math.exp((-2 * Math.PI * cornerHz) / sampleRate);
  const breath = neutralBreath * prosody.breath;
  const jitter = Math.min(0.06, neutralJitter * prosody.jitter);
  let phase = 0;
  let period = 1; // its length against the frame's pitch
  let strength = 1; // of the running pulse
  let flow = 0;
  let voicing = 0;
  for (const [index, frame] of frames.entries()) {
    const formants = [...frame.formants, ...upperFormantsHz];
    for (const [number, resonator] of tract.entries()) {
      const frequencyHz = Math.min(0.45 * sampleRate, formants[number]! * voice.formantFactor);
      resonator.tune(frequencyHz, bandwidthsHz[number]!, sampleRate);
    }
    if (frame.noise) burst.tune(frame.noise.centerHz, frame.noise.bandwidthHz, sampleRate);
    for (let sample = 0; sample < frameLength; sample++) {
      phase += frame.pitchHz / (sampleRate * period);
      if (phase >= 1) {
        phase -= 1;
        period = 1 + jitter * random.normal();
        strength = 1 + 4 * jitter * random.normal(); // shimmer
      }
      voicing += 0.01 * (frame.voicing - voicing);
      const white = random.uniform(-1, 1);
      const aspiration = breath * white * (phase < openQuotient ? 1 : 0.3);
      flow = (1 - smoothing) * strength * glottalSlope(phase) + smoothing * flow;
      let sound = voicing * (flow + aspiration);
      for (const resonator of tract) sound = resonator.next(sound);
      if (frame.noise) sound += frame.noise.level * 4 * burst.next(white);
      samples[index * frameLength + sample] = sound;
    }
  }
  return samples;
}
