import type { WaveformAugmentation } from "./waveform.ts";

/** One way for a recording to be worse than it was. */
export interface Condition {
  readonly name: string;
  readonly description: string;
  readonly augmentation: Omit<WaveformAugmentation, "probability">;
}

const noise = (snrDb: number): Condition => ({
  name: `noise ${snrDb} dB`,
  description: `noise at a signal-to-noise ratio of ${snrDb} dB`,
  augmentation: { snrDb: [snrDb, snrDb] },
});

const room = (t60Sec: number): Condition => ({
  name: `room ${t60Sec} s`,
  description: `a room with a reverberation time (T60) of ${t60Sec} s`,
  augmentation: { reverberationSec: [t60Sec, t60Sec] },
});

/** The conditions that a model is tested under, beside its clips as they are. */
export const testConditions: readonly Condition[] = [
  {
    name: "telephone µ-law",
    description: "300 to 3400 Hz and G.711 µ-law",
    augmentation: { telephone: { codecs: ["mu-law"] } },
  },
  {
    name: "GSM-like",
    description: "300 to 3400 Hz and a codec like GSM full rate, 13 kbit/s",
    augmentation: { telephone: { codecs: ["gsm-like"] } },
  },
  {
    name: "AMR-like",
    description: "300 to 3400 Hz and a codec like AMR, about 8 kbit/s",
    augmentation: { telephone: { codecs: ["amr-like"] } },
  },
  {
    name: "Opus-like 12k",
    description: "up to 6 kHz and a codec like Opus for speech at 12 kbit/s",
    augmentation: { telephone: { codecs: ["opus-like-12"] } },
  },
  noise(20),
  noise(10),
  noise(0),
  room(0.4),
  room(0.8),
  {
    name: "far, 3 m",
    description: "3 m from the microphone in a room of 0.6 s: reverberant, duller, quieter",
    augmentation: { distanceM: [3, 3], reverberationSec: [0.6, 0.6] },
  },
];
