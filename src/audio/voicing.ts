import { RealFft } from "./fft.ts";
import { hannWindow } from "./windows.ts";

/** Facts about short frames of a recording, each an array [frames]. */
export interface VoicingFrames {
  readonly hopSec: number;
  /** RMS above 80 Hz in dB re full scale; -200 for digital silence. */
  readonly levelDb: Float32Array;
  /** Highest normalised autocorrelation at the lags of a voice, 0 to 1: about 0.3 for noise, 0.5 to 1 for vowels. */
  readonly voicing: Float32Array;
  /** Fundamental frequency at that lag in Hz: an estimate to compare frames with, not to report. */
  readonly f0: Float32Array;
  /** Share of the energy within 80 Hz of the strongest frequency, 0 to 1: nearly 1 for a pure tone. */
  readonly toneShare: Float32Array;
}

const windowSec = 0.04;
const hopSec = 0.02;
const lowHz = 80; // below lie mains hum and handling noise
const highHz = 4000;
const minF0 = 70;
const maxF0 = 550;

/** Autocorrelation of the Hann window at a lag of `share` of its length (Boersma 1993, equation 8). */
function hannAutocorrelation(share: number): number {
  const angle = 2 * Math.PI * share;
  return (1 - share) * (2 / 3 + Math.cos(angle) / 3) + Math.sin(angle) / (2 * Math.PI);
}

/** Weight of a frequency in the autocorrelation: 12 dB an octave of pre-emphasis up to 1 kHz whitens hum and rumble. */
const emphasis = (hz: number): number => Math.min(1, (hz / 1000) ** 2) + 0.05;

/** The highest peak of the autocorrelation between the two lags, free of the window's own decay. */
function strongestPeriod(
  autocorrelation: Float64Array,
  decay: Float64Array,
  [minLag, maxLag]: readonly [number, number],
): { lag: number; strength: number } {
  let strongest = { lag: 0, strength: 0 };
  for (let lag = minLag; lag <= maxLag; lag++) {
    const here = autocorrelation[lag]!;
    const before = autocorrelation[lag - 1]!;
    const after = autocorrelation[lag + 1]!;
    if (here <= before || here < after || here <= 0) continue;
    const shift = (before - after) / (2 * (before - 2 * here + after)); // top of the parabola
    const strength = (here - ((before - after) * shift) / 4) / (autocorrelation[0]! * decay[lag]!);
    if (strength > strongest.strength) strongest = { lag: lag + shift, strength };
  }
  return strongest;
}

/**
 * Level, periodicity and tone-likeness of frames of 40 ms every 20 ms, at a thousandth of the recording's duration.
 * Periodicity is the autocorrelation of the spectrum between 80 and 4000 Hz, divided by that of the window.
 * @see Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio"
 */
export function voicingFrames(samples: Float32Array, sampleRate: number): VoicingFrames {
  const windowLength = Math.round(windowSec * sampleRate);
  const hopLength = Math.round(hopSec * sampleRate);
  const fft = new RealFft(2 ** Math.ceil(Math.log2(1.5 * windowLength)));
  const hzPerBin = sampleRate / fft.length;
  const lowBin = Math.ceil(lowHz / hzPerBin);
  const highBin = Math.min(fft.length / 2, Math.floor(highHz / hzPerBin));
  // The autocorrelation needs the bins up to highHz only, and so a shorter transform.
  const inverse = new RealFft(2 ** Math.ceil(Math.log2(2 * highBin)));
  const lagsPerSec = inverse.length * hzPerBin;
  const lags = [Math.floor(lagsPerSec / maxF0), Math.ceil(lagsPerSec / minF0)] as const;
  const decay = Float64Array.from({ length: lags[1] + 1 }, (_, lag) =>
    hannAutocorrelation(lag / lagsPerSec / windowSec),
  );
  const weights = Float64Array.from({ length: fft.bins }, (_, bin) => emphasis(bin * hzPerBin));
  const toneWidth = Math.ceil(80 / hzPerBin);
  const window = hannWindow(windowLength);
  const windowEnergy = window.reduce((sum, w) => sum + w * w, 0);

  const frames = Math.ceil(samples.length / hopLength);
  const levelDb = new Float32Array(frames);
  const voicing = new Float32Array(frames);
  const f0 = new Float32Array(frames);
  const toneShare = new Float32Array(frames);
  const frame = new Float64Array(fft.length);
  const re = new Float64Array(fft.bins);
  const im = new Float64Array(fft.bins);
  const power = new Float64Array(inverse.bins);
  const zeros = new Float64Array(inverse.bins);
  const autocorrelation = new Float64Array(inverse.length);
  for (let t = 0; t < frames; t++) {
    const start = t * hopLength + Math.floor((hopLength - windowLength) / 2);
    for (let n = 0; n < windowLength; n++) frame[n] = window[n]! * (samples[start + n] ?? 0);
    fft.forward(frame, re, im);
    let energy = 0;
    let weighted = 0;
    let strongestBin = lowBin;
    for (let bin = lowBin; bin < fft.bins; bin++) {
      const binEnergy = re[bin]! ** 2 + im[bin]! ** 2;
      energy += binEnergy;
      if (bin > highBin) continue;
      power[bin] = binEnergy * weights[bin]!;
      weighted += power[bin]!;
      if (power[bin]! > power[strongestBin]!) strongestBin = bin;
    }
    levelDb[t] = 10 * Math.log10((2 * energy) / fft.length / windowEnergy + 1e-20);
    if (weighted === 0) continue;
    let tone = 0;
    const toneEnd = Math.min(strongestBin + toneWidth, highBin);
    for (let bin = Math.max(lowBin, strongestBin - toneWidth); bin <= toneEnd; bin++) {
      tone += power[bin]!;
    }
    toneShare[t] = tone / weighted;
    inverse.inverse(power, zeros, autocorrelation);
    const { lag, strength } = strongestPeriod(autocorrelation, decay, lags);
    voicing[t] = Math.min(1, strength);
    f0[t] = lag > 0 ? lagsPerSec / lag : 0;
  }
  return { hopSec: hopLength / sampleRate, levelDb, voicing, f0, toneShare };
}
