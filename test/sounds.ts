import { Random } from "../src/shared/random.ts";

/** Samples of `sound(t)` with t in seconds. */
export function synthesise(
  durationSec: number,
  sampleRate: number,
  sound: (t: number) => number,
): Float32Array {
  return Float32Array.from({ length: Math.round(durationSec * sampleRate) }, (_, n) =>
    sound(n / sampleRate),
  );
}

/** White noise of RMS 1. */
export function whiteNoise(durationSec: number, sampleRate: number, seed = 1): Float32Array {
  const random = new Random(seed, "white noise");
  return synthesise(durationSec, sampleRate, () => random.normal());
}

const formants = [
  { hz: 660, bandwidth: 80 },
  { hz: 1700, bandwidth: 120 },
  { hz: 2400, bandwidth: 160 },
];

/** Gain of the vocal tract of an open vowel at a frequency, with the glottis's 12 dB an octave. */
const vowelGain = (hz: number): number =>
  formants.reduce(
    (gain, formant) =>
      gain * (formant.hz ** 2 / Math.hypot(formant.hz ** 2 - hz ** 2, formant.bandwidth * hz)),
    (100 / Math.max(hz, 50)) ** 2,
  );

/** `vowelGain` from 0 to 4000 Hz. */
const vowelGains = Float64Array.from({ length: 4001 }, (_, hz) => vowelGain(hz));

/** A vowel whose fundamental frequency in Hz is `f0(t)`: harmonics with the gains of formants. Peak 1. */
export function vowel(
  durationSec: number,
  sampleRate: number,
  f0: (t: number) => number,
): Float32Array {
  const samples = new Float32Array(Math.round(durationSec * sampleRate));
  let phase = 0;
  for (let n = 0; n < samples.length; n++) {
    const hz = f0(n / sampleRate);
    phase += (2 * Math.PI * hz) / sampleRate;
    let sum = 0;
    for (let k = 1; k * hz < Math.min(4000, sampleRate / 2); k++) {
      sum += vowelGains[Math.round(k * hz)]! * Math.cos(k * phase);
    }
    samples[n] = sum;
  }
  const peak = samples.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  return samples.map((x) => x / peak);
}

/** Speech-like syllables, four a second, between two times of a clip, with a falling and rising voice. Peak 1. */
export function syllables(
  durationSec: number,
  sampleRate: number,
  { startSec, endSec }: { startSec: number; endSec: number },
): Float32Array {
  const voice = vowel(durationSec, sampleRate, (t) => 160 + 40 * Math.sin(5 * t));
  return voice.map((x, n) => {
    const t = n / sampleRate - startSec;
    return t < 0 || t >= endSec - startSec ? 0 : x * Math.sin(4 * Math.PI * t) ** 2;
  });
}
