/** A model's prediction for one span of time, and how much of its window no other window shares. */
export interface Observation {
  readonly startSec: number;
  readonly endSec: number;
  /** Probabilities [label]. */
  readonly probabilities: Float32Array;
  /** From the training data, for models that give it. */
  readonly distance?: number;
  /** 0 to 1: windows that overlap by half count half, since they see the same samples twice. */
  readonly weight: number;
}

/** How long an emotion lasts before another takes over, on average. */
const meanDwellSec = 5;

const logOf = (probability: number): number => Math.log(Math.max(probability, 1e-6));

/**
 * Returns the cost of a change of emotion in nats, for two moments `apartSec` from each other: the log odds of staying
 * against changing to one given other label in a Markov chain in continuous time. After a long pause it is nearly 0.
 */
export function switchingCost(apartSec: number, labelCount: number): number {
  const stayed = Math.exp((-apartSec * labelCount) / ((labelCount - 1) * meanDwellSec));
  return Math.log1p((labelCount * stayed) / (1 - stayed));
}

/** The last observation: its center, and the best score [label] of all paths that end there. */
interface Front {
  readonly centerSec: number;
  readonly scores: readonly number[];
}

/**
 * Finds the most likely label at each observation (Viterbi over weighted log probabilities with `switchingCost`), so
 * that single outlying windows do not chop the timeline. A label is returned as soon as no later observation can
 * change it: when all paths that may still win agree on it.
 * @see Rabiner (1989), "A tutorial on hidden Markov models", III.B
 */
export class LabelSmoother {
  #front: Front | undefined;
  /** For each undecided observation the label before it on the best path, by its own label. */
  #cameFrom: (readonly number[])[] = [];

  /** Takes the next observation. Returns the labels that it decides, in order. */
  push({ probabilities, weight, startSec, endSec }: Observation): number[] {
    const centerSec = (startSec + endSec) / 2;
    const evidence = Array.from(probabilities, (probability) => weight * logOf(probability));
    if (this.#front === undefined) {
      this.#front = { centerSec, scores: evidence };
      this.#cameFrom.push([]);
      return [];
    }
    const cost = switchingCost(centerSec - this.#front.centerSec, evidence.length);
    const { scores } = this.#front;
    const sources = sourcesOf(scores, cost);
    this.#front = {
      centerSec,
      scores: sources.map((from, k) => scores[from]! - (from === k ? 0 : cost) + evidence[k]!),
    };
    this.#cameFrom.push(sources);
    return this.#decide(evidence.map((_, k) => k));
  }

  /** Returns the labels that are decided if no observation before `untilSec` follows. */
  waitUntil(untilSec: number): number[] {
    if (this.#front === undefined || this.#cameFrom.length === 0) return [];
    const { scores, centerSec } = this.#front;
    if (untilSec <= centerSec) return [];
    return this.#decide(sourcesOf(scores, switchingCost(untilSec - centerSec, scores.length)));
  }

  /** Returns all other labels: nothing follows. */
  finish(): number[] {
    if (this.#front === undefined || this.#cameFrom.length === 0) return [];
    const { scores } = this.#front;
    return this.#decide([scores.indexOf(Math.max(...scores))]);
  }

  /** Follows the paths that end in these labels back to where they meet, and takes out what they share. */
  #decide(ends: readonly number[]): number[] {
    let labels = [...new Set(ends)];
    let shared = this.#cameFrom.length - 1;
    for (; labels.length > 1 && shared > 0; shared--) {
      const sources = this.#cameFrom[shared]!;
      labels = [...new Set(labels.map((label) => sources[label]!))];
    }
    if (labels.length > 1) return [];
    const path = [labels[0]!];
    for (let t = shared; t > 0; t--) path.unshift(this.#cameFrom[t]![path[0]!]!);
    this.#cameFrom.splice(0, path.length);
    return path;
  }
}

/** The best label to come from for each label, at this cost of a change. */
function sourcesOf(scores: readonly number[], cost: number): number[] {
  const best = scores.indexOf(Math.max(...scores));
  return scores.map((score, k) => (scores[best]! - cost > score ? best : k));
}

/**
 * Returns the weighted geometric mean of probabilities [label], renormalized.
 * Over observations that a `LabelSmoother` gave one label, that label is its largest.
 */
export function poolProbabilities(observations: readonly Observation[]): number[] {
  const total = observations.reduce((sum, { weight }) => sum + weight, 0);
  const labelCount = observations[0]?.probabilities.length ?? 0;
  const means = Array.from({ length: labelCount }, (_, k) =>
    Math.exp(
      observations.reduce(
        (sum, { probabilities, weight }) => sum + weight * logOf(probabilities[k]!),
        0,
      ) / total,
    ),
  );
  const sum = means.reduce((all, mean) => all + mean, 0);
  return means.map((mean) => mean / sum);
}
