import { changePitch } from "../src/audio/augmentation/tempo.ts";
import { addNoise } from "../src/audio/augmentation/noise.ts";
import { hannWindow } from "../src/audio/windows.ts";
import type { Random } from "../src/shared/random.ts";
import { silences } from "./silences.ts";

/** Hz: of all sounds here. */
export const sampleRate = 16_000;

/** Makes so many seconds of a sound in which nobody speaks. */
type Make = (seconds: number, random: Random) => Float32Array;

const drawn =
  (sound: (sec: number, random: Random) => number): Make =>
  (seconds, random) => {
    const [from, gain] = [random.uniform(0, 20), random.uniform(0.1, 1)];
    return Float32Array.from(
      { length: seconds * sampleRate },
      (_, n) => gain * sound(from + n / sampleRate, random),
    );
  };

const hum = (sec: number): number =>
  [1, 2, 3, 5, 7].reduce((sum, k) => sum + Math.sin(2 * Math.PI * 50 * k * sec) / k, 0) / 3;

const { "white noise": white, "440 Hz": tone, "a ringing telephone": ringing, music } = silences;

/** Sounds in which nobody speaks, by name. */
export const sounds: Readonly<Record<string, Make>> = {
  "white noise": drawn(white!),
  "pink noise": (seconds, random) => {
    const one = new Float32Array(seconds * sampleRate).fill(1);
    return addNoise(one, { snrDb: 12, color: "pink" }, random).map((sample) => sample - 1);
  },
  "the hum of 50 Hz in faint noise": drawn(
    (sec, random) => 0.1 * hum(sec) + 0.001 * random.normal(),
  ),
  "a tone of 440 Hz": drawn(tone!),
  "a ringing telephone": drawn(ringing!),
  "music: strings, bass and drum, synthesized": drawn(music!),
};

/** Makes something strange of a clip. */
type Change = (clip: Float32Array, random: Random) => Float32Array;

/** What training never heard, made of clips that sound as it did, by name. */
export const changes: Readonly<Record<string, Change>> = {
  "through a telephone, 300 to 3400 Hz": (clip) => bandPass(clip, 300, 3400),
  "in white noise as loud as the voice": (clip, random) =>
    addNoise(clip, { snrDb: 0, color: "white" }, random),
  "overdriven by 30 dB": (clip) => overdriven(clip, 30),
  "six semitones higher, as a child": (clip) => changePitch(clip, { sampleRate, semitones: 6 }),
  "eight semitones lower": (clip) => changePitch(clip, { sampleRate, semitones: -8 }),
  "whispered: noise through the voice's own filter": whispered,
  backwards: (clip) => clip.toReversed(),
};

const taps = 257;
const middle = (taps - 1) / 2;

/** The low pass of a sinc, `n` samples from its middle. */
const lowPass = (hz: number, n: number): number =>
  n === 0 ? (2 * hz) / sampleRate : Math.sin((2 * Math.PI * hz * n) / sampleRate) / (Math.PI * n);

/** A band of a sound, by a windowed sinc. */
function bandPass(samples: Float32Array, lowHz: number, highHz: number): Float32Array {
  const window = hannWindow(taps);
  const kernel = window.map((gain, tap) => {
    const n = tap - middle;
    return gain * (lowPass(highHz, n) - lowPass(lowHz, n));
  });
  return samples.map((_, n) => {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) sum += kernel[tap]! * (samples[n + tap - middle] ?? 0);
    return sum;
  });
}

function overdriven(samples: Float32Array, gainDb: number): Float32Array {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9);
  const gain = 10 ** (gainDb / 20) / peak;
  return samples.map((sample) => 0.9 * Math.max(-1, Math.min(1, gain * sample)));
}

const order = 18;
const frameLength = 512;

/** Frame by frame, the sound of the throat replaced by noise of the same power: linear prediction. */
function whispered(samples: Float32Array, random: Random): Float32Array {
  const window = hannWindow(frameLength);
  const output = new Float32Array(samples.length);
  for (let start = 0; start + frameLength <= samples.length; start += frameLength / 2) {
    const frame = window.map((gain, n) => gain * samples[start + n]!);
    const { coefficients, error } = linearPrediction(frame);
    const gain = Math.sqrt(error / frameLength);
    const memory = new Float64Array(order);
    for (let n = 0; n < frameLength; n++) {
      let sample = gain * random.normal();
      for (let k = 0; k < order; k++) sample -= coefficients[k]! * memory[k]!;
      memory.copyWithin(1, 0);
      memory[0] = sample;
      output[start + n]! += window[n]! * sample;
    }
  }
  return output;
}

/** The filter 1 / (1 + Σ aₖ z⁻ᵏ) that a frame sounds like, and the energy of what excites it (Levinson and Durbin). */
function linearPrediction(frame: Float32Array): { coefficients: number[]; error: number } {
  const correlation = Array.from({ length: order + 1 }, (_, lag) =>
    frame.reduce((sum, sample, n) => sum + sample * (frame[n + lag] ?? 0), 0),
  );
  let error = correlation[0]! * (1 + 1e-6) + 1e-9;
  let coefficients: number[] = [];
  for (let k = 1; k <= order; k++) {
    const known = coefficients.reduce((sum, a, i) => sum + a * correlation[k - 1 - i]!, 0);
    const reflection = -(correlation[k]! + known) / error;
    coefficients = [
      ...coefficients.map((a, i) => a + reflection * coefficients[k - 2 - i]!),
      reflection,
    ];
    error *= 1 - reflection ** 2;
  }
  return { coefficients, error };
}
