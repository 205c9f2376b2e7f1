import type { Decoded } from "./greedy-decoding.ts";

/** What tells whether the transcript of a model that knows English alone is of English. */
export interface TranscriptEvidence extends Pick<Decoded, "probabilities" | "entropies"> {
  /** Output of one layer of the encoder at each frame, [frames, width]. */
  readonly states: Float32Array;
  readonly text: string;
  readonly durationSec: number;
}

/** A logistic regression over `detectorFeatures`, as `studies/language` fits it. */
export interface DetectorWeights {
  /** The encoder's layer, from 0. */
  readonly layer: number;
  readonly width: number;
  /** [features] */
  readonly weights: readonly number[];
  /** Logit of what is as likely to be believed as not. */
  readonly bias: number;
}

/** Tells transcripts of English speech from those that a model made of another language, of song or of noise. */
export class EnglishDetector {
  readonly #weights: DetectorWeights;

  constructor(weights: DetectorWeights) {
    this.#weights = weights;
  }

  /** The encoder's layer whose states it takes. */
  get layer(): number {
    return this.#weights.layer;
  }

  /** Returns whether a transcript is to be believed. */
  isEnglish(evidence: TranscriptEvidence): boolean {
    const { width, weights, bias } = this.#weights;
    const features = detectorFeatures(evidence, width);
    return features.reduce((logit, feature, n) => logit + feature * weights[n]!, bias) > 0;
  }
}

/** Returns the mean [width] of a layer over the frames, and eleven numbers on how far the decoder knew its way. */
export function detectorFeatures(evidence: TranscriptEvidence, width: number): number[] {
  return [...frameMean(evidence.states, width), ...decoderFeatures(evidence)];
}

function frameMean(states: Float32Array, width: number): Float64Array {
  const frames = states.length / width;
  const means = new Float64Array(width);
  for (let start = 0; start < states.length; start += width) {
    for (let n = 0; n < width; n++) means[n]! += states[start + n]! / frames;
  }
  return means;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** In a language that it does not know, a decoder is unsure, repeats itself, and writes more or less than is said. */
function decoderFeatures(evidence: TranscriptEvidence): number[] {
  const { probabilities, entropies, text, durationSec } = evidence;
  const logs = probabilities.map((probability) => Math.log(Math.max(probability, 1e-6)));
  const words = text.toLowerCase().split(/\s+/);
  return [
    mean(logs),
    Math.min(...logs),
    mean(probabilities),
    probabilities.filter((probability) => probability < 0.5).length / probabilities.length,
    mean(entropies),
    Math.max(...entropies),
    text.length / durationSec,
    probabilities.length / durationSec,
    Math.log(durationSec),
    1 - new Set(words).size / words.length,
    probabilities.length / text.length,
  ];
}
