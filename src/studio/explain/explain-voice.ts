import type { EmotionModel } from "../../models/load-model.ts";
import { centeredLogits } from "../../models/speaker-adaptation.ts";
import type { SpectrogramAttribution } from "../../models/spectrogram-attribution.ts";
import type { SegmentAudio } from "../../recognition/speech-segments.ts";
import { layWindows, type SpeechWindow } from "../../recognition/windows.ts";
import type { OnStep, VoiceExplanation } from "./explanation.ts";

/** How long the stretches are that are silenced in turn: about a word. */
const stretchSec = 0.4;

/** Where a silenced stretch fades, so that it brings no click. */
const fadeSec = 0.01;

/** Which emotion is explained. */
export interface Wanted {
  readonly emotion: string;
  readonly onStep: OnStep;
}

/** Explains a CNN's answer by the gradients of its spectrogram; windows that overlap are averaged. */
export async function explainByGradients(
  segment: SegmentAudio,
  attribution: SpectrogramAttribution,
  { emotion, onStep }: Wanted,
): Promise<VoiceExplanation> {
  const { sampleRate, hopLength, nMels: rows, frames, fMin, fMax } = attribution.frontEnd;
  const { card } = attribution;
  const columnSec = hopLength / sampleRate;
  const means = new Means(segment, columnSec, rows);
  const windows = layWindows(segment, card);
  for (const [done, { samples, samplesStartSec }] of windows.entries()) {
    onStep(done, windows.length);
    const values = await attribution.of(samples, card.labels.indexOf(emotion));
    for (let frame = 0; frame < frames; frame++) {
      const column = Array.from({ length: rows }, (_, row) => values[row * frames + frame]!);
      means.add(samplesStartSec + frame * columnSec, column);
    }
  }
  return { emotion, by: "gradients", fMin, fMax, ...means.result };
}

/** Explains the answer of any other model: what the logit of the emotion loses where a stretch is silent. */
export async function explainBySilence(
  segment: SegmentAudio,
  model: Pick<EmotionModel, "card" | "predict">,
  { emotion, onStep }: Wanted,
): Promise<VoiceExplanation> {
  const { card } = model;
  const label = card.labels.indexOf(emotion);
  const logitOf = async (window: Float32Array): Promise<number> => {
    const [output] = await model.predict([window]);
    return centeredLogits(output!.probabilities)[label]!;
  };
  const count = Math.ceil((segment.endSec - segment.startSec) / stretchSec);
  const columnSec = (segment.endSec - segment.startSec) / count;
  const means = new Means(segment, columnSec, 1);
  const windows = layWindows(segment, card);
  const places = windows.map((window) => stretchesIn(window, { card, segment, columnSec, count }));
  const total = windows.length + places.flat().length;
  let done = 0;
  for (const [at, { samples, samplesStartSec }] of windows.entries()) {
    onStep(done++, total);
    const whole = await logitOf(samples);
    for (const startSec of places[at]!) {
      onStep(done++, total);
      const fromSec = startSec - samplesStartSec;
      const silenced = silence(samples, { fromSec, toSec: fromSec + columnSec, ...card });
      means.add(startSec, [whole - (await logitOf(silenced))]);
    }
  }
  const fMax = card.sampleRate / 2;
  return { emotion, by: "silence", fMin: 0, fMax, ...means.result };
}

interface Stretches {
  readonly card: EmotionModel["card"];
  readonly segment: SegmentAudio;
  readonly columnSec: number;
  readonly count: number;
}

/** Returns where the stretches of a segment begin whose middle a window holds. */
function stretchesIn(
  { samplesStartSec }: SpeechWindow,
  { card, segment, columnSec, count }: Stretches,
): number[] {
  const starts = Array.from({ length: count }, (_, n) => segment.startSec + n * columnSec);
  const middles = (startSec: number): number => startSec + columnSec / 2 - samplesStartSec;
  return starts.filter((start) => middles(start) >= 0 && middles(start) < card.windowSec);
}

interface Silenced {
  readonly fromSec: number;
  readonly toSec: number;
  readonly sampleRate: number;
}

/** Returns samples of which those from one time to another are silent. */
function silence(samples: Float32Array, { fromSec, toSec, sampleRate }: Silenced): Float32Array {
  return samples.map((sample, n) => {
    const sec = n / sampleRate;
    const depth = Math.min(sec - fromSec, toSec - sec) / fadeSec;
    return sample * (1 - Math.min(1, Math.max(0, depth)));
  });
}

/** Means of what several windows say of the columns of a segment. */
class Means {
  readonly #segment: SegmentAudio;
  readonly #columnSec: number;
  readonly #rows: number;
  readonly #sums: Float32Array;
  readonly #counts: Uint32Array;

  constructor(segment: SegmentAudio, columnSec: number, rows: number) {
    const columns = Math.max(1, Math.round((segment.endSec - segment.startSec) / columnSec));
    this.#segment = segment;
    this.#columnSec = columnSec;
    this.#rows = rows;
    this.#sums = new Float32Array(columns * rows);
    this.#counts = new Uint32Array(columns);
  }

  /** Adds a column [rows]; one beyond the ends is left out. */
  add(startSec: number, values: readonly number[]): void {
    const column = Math.round((startSec - this.#segment.startSec) / this.#columnSec);
    if (column < 0 || column >= this.#counts.length) return;
    this.#counts[column]!++;
    for (const [row, value] of values.entries()) this.#sums[column * this.#rows + row]! += value;
  }

  get result(): Pick<VoiceExplanation, "startSec" | "endSec" | "columns" | "rows" | "values"> {
    const { startSec, endSec } = this.#segment;
    const values = this.#sums.map(
      (sum, at) => sum / Math.max(1, this.#counts[Math.floor(at / this.#rows)]!),
    );
    return { startSec, endSec, columns: this.#counts.length, rows: this.#rows, values };
  }
}
