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

/** An observation's label on a path that may still be the best. */
interface PathStep {
  readonly label: number;
  /** Those of the same observation. */
  readonly level: Set<PathStep>;
  /** The step before, unless that is decided. */
  before: PathStep | undefined;
  /** How many steps come after it. */
  after: number;
}

/** The last observation: its center, and of the best path to each label [label] its score and its last step. */
interface Front {
  readonly centerSec: number;
  readonly scores: readonly number[];
  readonly steps: readonly PathStep[];
}

/**
 * Finds the most likely label at each observation (Viterbi over weighted log probabilities with `switchingCost`), so
 * that single outlying windows do not chop the timeline. A label is returned as soon as no later observation can
 * change it: when all paths that may still win agree on it. Paths that others beat are forgotten, so the work is
 * proportional to the observations.
 * @see Rabiner (1989), "A tutorial on hidden Markov models", III.B
 */
export class LabelSmoother {
  #front: Front | undefined;
  /** The steps of each undecided observation. */
  #levels: Set<PathStep>[] = [];

  /** Takes the next observation. Returns the labels that it decides, in order. */
  push({ probabilities, weight, startSec, endSec }: Observation): number[] {
    const centerSec = (startSec + endSec) / 2;
    const evidence = Array.from(probabilities, (probability) => weight * logOf(probability));
    const last = this.#front;
    const cost = last ? switchingCost(centerSec - last.centerSec, evidence.length) : 0;
    const sources = last && sourcesOf(last.scores, cost);
    const level = new Set<PathStep>();
    const steps = evidence.map((_, label): PathStep => {
      const before = sources && last?.steps[sources[label]!];
      if (before) before.after++;
      return { label, level, before, after: 0 };
    });
    for (const step of steps) level.add(step);
    this.#levels.push(level);
    const scores = evidence.map((own, k) => {
      const from = sources?.[k];
      return from === undefined ? own : last!.scores[from]! - (from === k ? 0 : cost) + own;
    });
    this.#front = { centerSec, scores, steps };
    for (const step of last?.steps ?? []) if (step.after === 0) forget(step);
    return this.#takeDecided();
  }

  /** Returns the labels that are decided if no observation before `untilSec` follows. */
  waitUntil(untilSec: number): number[] {
    if (this.#front === undefined || untilSec <= this.#front.centerSec) return [];
    const { scores, centerSec } = this.#front;
    return this.#decide(sourcesOf(scores, switchingCost(untilSec - centerSec, scores.length)));
  }

  /** Returns all other labels: nothing follows. */
  finish(): number[] {
    if (this.#front === undefined) return [];
    const { scores } = this.#front;
    return this.#decide([scores.indexOf(Math.max(...scores))]);
  }

  /** Forgets the paths that end in other labels. */
  #decide(ends: readonly number[]): number[] {
    for (const step of this.#front!.steps) if (!ends.includes(step.label)) forget(step);
    return this.#takeDecided();
  }

  #takeDecided(): number[] {
    const decided: number[] = [];
    for (const level of this.#levels) {
      const [step] = level;
      if (step === undefined || level.size > 1) break;
      // What it was decided from is kept no longer.
      step.before = undefined;
      decided.push(step.label);
    }
    this.#levels.splice(0, decided.length);
    return decided;
  }
}

/** Takes out a step that no path goes on from, and those before it that led to it alone. */
function forget(last: PathStep): void {
  for (let step: PathStep | undefined = last; step?.level.delete(step); step = step.before) {
    if (step.before === undefined) return;
    step.before.after -= 1;
    if (step.before.after > 0) return;
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
