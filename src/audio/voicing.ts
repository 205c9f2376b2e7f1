import { FrameAutocorrelation } from "./autocorrelation.ts";

/** Measurements of short frames, each an array [frames]. */
export interface VoicingFrames {
  readonly hopSec: number;
  /** RMS above 80 Hz in dBFS; -200 for digital silence. */
  readonly levelDb: Float32Array;
  /** Periodicity at the periods of a voice, 0 to 1: about 0.3 for noise, 0.5 to 1 for vowels. */
  readonly voicing: Float32Array;
  /** Frequency of that period in Hz, a rough estimate for comparing frames. */
  readonly f0: Float32Array;
  /** Share of the energy within 80 Hz of the strongest frequency, 0 to 1: nearly 1 for a pure tone. */
  readonly toneShare: Float32Array;
}

/** Frames of samples that begin earlier and end earlier. */
export interface EarlierFrames {
  readonly frames: VoicingFrames;
  /** Samples of them, and how many of these, a multiple of the hop, come before the present ones. */
  readonly length: number;
  readonly skipped: number;
}

const windowSec = 0.04;
const hopSec = 0.02;
const lowHz = 80; // below lie mains hum and handling noise
const highHz = 4000;
const minLagSec = 1 / 550;
const maxLagSec = 1 / 70;
const toneWidthHz = 80;

/** 12 dB an octave up to 1 kHz whiten hum and rumble. */
const emphasis = (hz: number): number => Math.min(1, (hz / 1000) ** 2) + 0.05;

function toneShare(frame: FrameAutocorrelation): number {
  const { power, totalPower, hzPerBin, lowBin, highBin } = frame;
  let strongest = lowBin;
  for (let bin = lowBin; bin <= highBin; bin++) {
    if (power[bin]! > power[strongest]!) strongest = bin;
  }
  const width = Math.ceil(toneWidthHz / hzPerBin);
  let tone = 0;
  const last = Math.min(strongest + width, highBin);
  for (let bin = Math.max(lowBin, strongest - width); bin <= last; bin++) tone += power[bin]!;
  return totalPower > 0 ? tone / totalPower : 0;
}

/** Samples from one frame to the next. */
export const voicingHop = (sampleRate: number): number => Math.round(hopSec * sampleRate);

/** Measures level, periodicity and tonality of frames of 40 ms every 20 ms, about 5000 times faster than real time. */
export class VoicingMeter {
  readonly #autocorrelation: FrameAutocorrelation;
  readonly #windowLength: number;
  readonly #hopLength: number;
  readonly #hopSec: number;

  /** @param sampleRate Hz */
  constructor(sampleRate: number) {
    const windowLength = Math.round(windowSec * sampleRate);
    const band = { lowHz, highHz, maxLagSec, emphasis };
    this.#autocorrelation = new FrameAutocorrelation({ sampleRate, windowLength, ...band });
    this.#windowLength = windowLength;
    this.#hopLength = voicingHop(sampleRate);
    this.#hopSec = this.#hopLength / sampleRate;
  }

  /** Returns the frames of mono samples; what earlier frames tell is taken from them. */
  measure(samples: Float32Array, earlier?: EarlierFrames): VoicingFrames {
    const hopLength = this.#hopLength;
    const windowLength = this.#windowLength;
    const before = Math.floor((hopLength - windowLength) / 2);
    const frames = Math.ceil(samples.length / hopLength);
    const result = {
      hopSec: this.#hopSec,
      levelDb: new Float32Array(frames),
      voicing: new Float32Array(frames),
      f0: new Float32Array(frames),
      toneShare: new Float32Array(frames),
    };
    let first = 0;
    if (earlier !== undefined) {
      const from = earlier.skipped / hopLength;
      const whole = Math.floor((earlier.length - before - windowLength) / hopLength) + 1;
      first = Math.max(0, Math.min(frames, whole - from));
      for (const name of ["levelDb", "voicing", "f0", "toneShare"] as const) {
        result[name].set(earlier.frames[name].subarray(from, from + first));
      }
    }
    const starts = Array.from(
      { length: frames - first },
      (_, n) => (first + n) * hopLength + before,
    );
    this.#autocorrelation.each(samples, starts, (frame, index) => {
      const t = first + index;
      result.levelDb[t] = 10 * Math.log10(frame.meanSquare + 1e-20);
      result.toneShare[t] = toneShare(frame);
      for (const { lagSec, strength } of frame.periods(minLagSec, maxLagSec)) {
        if (strength <= result.voicing[t]!) continue;
        result.voicing[t] = strength;
        result.f0[t] = 1 / lagSec;
      }
    });
    return result;
  }
}
