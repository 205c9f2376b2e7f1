/** Sounds for tests of the recognition: made up, the same each time. */
import { Random } from "../../src/shared/random.ts";

interface VoiceOptions {
  readonly sampleRate: number;
  /** Peak amplitude, 0 to 1. */
  readonly level: number;
}

/**
 * Something that speaks: 30 harmonics under two formants, gliding pitch, four syllables a second,
 * the same again every ten seconds.
 */
export function synthesizeVoice(
  seconds: number,
  { sampleRate, level }: VoiceOptions,
): Float32Array {
  const samples = new Float32Array(Math.round(seconds * sampleRate));
  const period = samples.subarray(0, 10 * sampleRate);
  let phase = 0;
  for (const n of period.keys()) {
    const t = n / sampleRate;
    const f0 = 140 + 30 * Math.sin(2 * Math.PI * 0.7 * t) + 10 * Math.sin(2 * Math.PI * 3.1 * t);
    phase += (2 * Math.PI * f0) / sampleRate;
    let sound = 0;
    for (let harmonic = 1; harmonic <= 30 && harmonic * f0 < sampleRate / 2; harmonic++) {
      const f = harmonic * f0;
      const gain = 1 / (1 + ((f - 600) / 150) ** 2) + 0.5 / (1 + ((f - 1700) / 250) ** 2);
      sound += gain * Math.sin(harmonic * phase);
    }
    const syllable = 0.15 + 0.85 * Math.sin(Math.PI * ((t * 4) % 1)) ** 2;
    period[n] = sound * syllable;
  }
  const peak = period.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return samples.map((_, n) => (period[n % period.length]! / peak) * level);
}

/** Steady noise, as of a fan. */
export function synthesizeNoise(
  seconds: number,
  { sampleRate, level }: VoiceOptions,
): Float32Array {
  const random = new Random("noise");
  return Float32Array.from({ length: Math.round(seconds * sampleRate) }, () =>
    random.uniform(-level, level),
  );
}

/** Sounds one after the other. */
export function inSequence(...sounds: readonly Float32Array[]): Float32Array {
  const samples = new Float32Array(sounds.reduce((length, sound) => length + sound.length, 0));
  let end = 0;
  for (const sound of sounds) {
    samples.set(sound, end);
    end += sound.length;
  }
  return samples;
}
