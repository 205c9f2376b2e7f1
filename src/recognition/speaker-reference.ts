import type { ModelCard } from "../models/model-card.ts";
import { oodScore, shareBelow } from "../models/ood-distance.ts";
import {
  emotionEvidence,
  learnVoice,
  neutralBias,
  withNeutralBias,
  type LearnedVoice,
} from "../models/ordinary-speech.ts";
import { withoutOffset } from "../models/speaker-adaptation.ts";
import { toMs, toPlaces } from "./places.ts";
import { longSpeechShares, neutralShares, type ReferenceOptions } from "./reference-options.ts";
import type { Observation } from "./smoothing.ts";

/** What the voice of a recording was held against. */
export interface ReferenceUsed {
  readonly source: "enrolled" | "recording" | "training";
  /** Speech that it was measured on, in seconds; 0 for that of the training data. */
  readonly speechSec: number;
}

type ReferenceCard = Pick<ModelCard, "labels" | "windowSec" | "neutral" | "ordinary" | "notSpeech">;

/** The voice that predictions of a recording are held against, known the better the more of it has come. */
export class SpeakerReference {
  readonly #card: ReferenceCard;
  readonly #options: ReferenceOptions;
  readonly #enrolled: readonly number[] | undefined;
  readonly #predictions: Float32Array[] = [];
  readonly #lengths: number[] = [];
  #learned: LearnedVoice | undefined;

  /** @throws RangeError when the speaker was enrolled with a model of other labels */
  constructor(card: ReferenceCard, options: ReferenceOptions) {
    this.#card = card;
    this.#options = options;
    const { speaker } = options;
    this.#enrolled = speaker && card.labels.map((label) => speaker.offset[label] ?? NaN);
    if (this.#enrolled && !this.#enrolled.every(Number.isFinite)) {
      throw new RangeError("analyze: this speaker was enrolled with a model of other emotions");
    }
  }

  /** Takes the predictions of more speech of the recording. */
  learn(observations: readonly Observation[]): void {
    if (this.#source !== "recording") return;
    for (const { probabilities, weight, distance } of observations) {
      if (!this.#isSpeech(distance)) continue;
      this.#predictions.push(probabilities);
      this.#lengths.push(weight);
    }
    this.#learned = undefined;
  }

  /** Returns observations as if everybody's voice had made them, in speech that is as neutral as expected. */
  adapt(observations: readonly Observation[]): Observation[] {
    const { labels } = this.#card;
    const offset = this.#enrolled ?? this.#ofRecording()?.offset;
    const bias = this.#bias();
    return observations.map((observation) => {
      const adapted = offset
        ? withoutOffset(observation.probabilities, offset)
        : observation.probabilities;
      const probabilities = Float32Array.from(withNeutralBias(labels, adapted, bias));
      return { ...observation, probabilities };
    });
  }

  /** Returns the share of neutral speech with less evidence of an emotion than adapted probabilities [labels] have. */
  intensity(adapted: readonly number[]): number | null {
    const { labels, ordinary } = this.#card;
    if (!ordinary) return null;
    const evidence = emotionEvidence(labels, withNeutralBias(labels, adapted, -this.#bias()));
    return toPlaces(shareBelow(evidence, ordinary.evidence));
  }

  /** The share of neutral speech that is expected beforehand. */
  get neutralShare(): number {
    return neutralShares[this.#options.sensitivity ?? "normal"];
  }

  get used(): ReferenceUsed {
    const source = this.#source;
    const { speaker } = this.#options;
    const utterances = this.#lengths.reduce((sum, length) => sum + length, 0);
    if (source === "enrolled") return { source, speechSec: speaker!.speechSec };
    if (utterances === 0) return { source: "training", speechSec: 0 };
    return { source, speechSec: toMs(utterances * this.#card.windowSec) };
  }

  #isSpeech(distance: number | undefined): boolean {
    const { notSpeech } = this.#card;
    return (
      !notSpeech ||
      distance === undefined ||
      oodScore(distance, { notSpeech })! <= notSpeech.maxScore
    );
  }

  get #source(): ReferenceUsed["source"] {
    if (this.#enrolled) return "enrolled";
    const { reference = "recording" } = this.#options;
    return this.#card.neutral && this.#card.ordinary ? reference : "training";
  }

  /** What the recording tells so far; `undefined` where that is not asked for, or nothing has come. */
  #ofRecording(): LearnedVoice | undefined {
    const { neutral, labels, ordinary } = this.#card;
    if (this.#enrolled || !neutral || !ordinary || this.#lengths.length === 0) return undefined;
    this.#learned ??= learnVoice(
      { predictions: this.#predictions, lengths: this.#lengths },
      { neutral, speakerShare: ordinary.speakerShare },
      {
        labels,
        bias: this.#fittedBias(),
        share: longSpeechShares[this.#options.sensitivity ?? "normal"],
      },
    );
    return this.#learned;
  }

  #bias(): number {
    const shift = this.#ofRecording()?.shift ?? this.#options.speaker?.neutralShift ?? 0;
    return this.#card.ordinary ? this.#fittedBias() + shift : 0;
  }

  #fittedBias(): number {
    const { speaker } = this.#options;
    const utterances =
      speaker?.utterances ?? this.#lengths.reduce((sum, length) => sum + length, 0);
    return neutralBias(this.#card.ordinary!, { utterances, share: this.neutralShare });
  }
}
