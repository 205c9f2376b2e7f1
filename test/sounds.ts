import { addNoise } from "../src/audio/augmentation/noise.ts";
import { Random } from "../src/shared/random.ts";

/** Samples of `sound(t)` with t in seconds. */
export function synthesize(
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
  return synthesize(durationSec, sampleRate, () => random.normal());
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

/** Two phrases in quiet noise with a voice from 110 to 290 Hz: the sound of `reference/praat-pitch.json`. */
export function phrases(sampleRate: number): Float32Array {
  const low = vowel(2.4, sampleRate, (t) => 150 - 40 * Math.cos(4 * t));
  const high = vowel(2.4, sampleRate, (t) => 230 + 60 * Math.sin(3 * t));
  const noise = whiteNoise(2.4, sampleRate, 7);
  return low.map((x, n) => {
    const t = n / sampleRate;
    const loudness = Math.sin((Math.PI * t) / 1.2) ** 2; // a phrase each 1.2 s
    return 0.5 * loudness * (t < 1.2 ? x : high[n]!) + 0.003 * noise[n]!;
  });
}

const sine = (hz: number, t: number): number => 0.3 * Math.sin(2 * Math.PI * hz * t);
const hum = (hz: number, t: number): number =>
  Array.from({ length: 19 }, (_, k) => sine((k + 1) * hz, t) / (3 * k + 3)).reduce((a, b) => a + b);
const bursts = (t: number): number => (t % 1 < 0.3 ? 1 : 0);

/** Sounds that a speech detector must not take for speech, by name. */
export function nonSpeech(durationSec: number, sampleRate: number): Record<string, Float32Array> {
  const make = (sound: (t: number) => number) => synthesize(durationSec, sampleRate, sound);
  const white = whiteNoise(durationSec, sampleRate).map((x) => 0.2 * x);
  const brown = white.slice();
  for (let n = 1; n < brown.length; n++) brown[n] = 0.99 * brown[n - 1]! + 0.05 * white[n]!;
  const pink = addNoise(
    make(() => 1),
    { snrDb: 20, color: "pink" },
    new Random(1),
  ).map((x) => x - 1);
  const noisy = (gain: number, sound: (t: number) => number) =>
    make(sound).map((x, n) => x + gain * white[n]!);
  return {
    "digital silence": make(() => 0),
    "noise of the last bit": white.map((x) => Math.round(3 * x) / 32_768),
    "white noise": white,
    "pink noise": pink,
    rumble: brown,
    "white noise in bursts": white.map((x, n) => x * bursts(n / sampleRate) + 1e-4),
    "pink noise swelling": pink.map((x, n) => x * (0.5 + 0.5 * Math.sin((25 * n) / sampleRate))),
    "a hum of 50 Hz": noisy(1e-3, (t) => sine(50, t)),
    "a hum of 50 Hz with harmonics": noisy(1e-3, (t) => hum(50, t)),
    "a hum of 100 Hz with harmonics": noisy(1e-3, (t) => hum(100, t)),
    "a fan": pink.map(
      (x, n) => x + 0.5 * sine(120, n / sampleRate) + 0.2 * sine(240, n / sampleRate),
    ),
    "a tone of 440 Hz": make((t) => sine(440, t)),
    "a tone of 150 Hz in noise": noisy(0.1, (t) => sine(150, t)),
    beeps: noisy(1e-3, (t) => bursts(t) * sine(440, t)),
    "keys of a telephone": noisy(1e-3, (t) => bursts(t) * (sine(770, t) + sine(1336, t))),
    "a buzzer": noisy(1e-3, (t) => bursts(t) * hum(100, t)),
    clicks: make((t) => (t % 0.5 < 1 / sampleRate ? 0.9 : 0)),
    "clicks in noise": noisy(1e-3, (t) => (t % 0.5 < 1e-3 ? 0.9 : 0)),
    "a sweep": make((t) => sine(200 + 500 * t, t)),
    "a siren": make((t) => 0.3 * Math.sin(3770 * t - 100 * Math.cos(6 * t))),
    "a constant": make(() => 0.5),
    "a step": make((t) => (t > 2 ? 0.5 : 0)),
  };
}
