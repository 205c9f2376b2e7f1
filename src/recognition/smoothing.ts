/** What a model said of one span of time, and how much of its window no other window shares. */
export interface Observation {
  readonly startSec: number;
  readonly endSec: number;
  /** Probabilities [label]. */
  readonly probabilities: Float32Array;
  /** From what the model learned, where it says so. */
  readonly distance?: number;
  /** 0 to 1: windows that overlap by half count half, since they hear the same thing twice. */
  readonly weight: number;
}

/** How long an emotion lasts before another takes over, on average. */
const meanDwellSec = 5;

const logOf = (probability: number): number => Math.log(Math.max(probability, 1e-6));

/**
 * What a change of emotion costs in nats, for two moments that lie `apartSec` from each other:
 * the log odds of staying against changing to one given other label in a Markov chain in
 * continuous time. After a long pause it is nearly 0, and speech is judged afresh.
 */
export function switchingCost(apartSec: number, labelCount: number): number {
  const stayed = Math.exp((-apartSec * labelCount) / ((labelCount - 1) * meanDwellSec));
  return Math.log1p((labelCount * stayed) / (1 - stayed));
}

/**
 * The most likely label at each observation (Viterbi over weighted log probabilities with
 * `switchingCost`), so that single windows of another opinion do not chop the timeline.
 * @see Rabiner (1989), "A tutorial on hidden Markov models", III.B
 */
export function smoothLabels(observations: readonly Observation[]): number[] {
  const cameFrom: number[][] = [];
  let scores: number[] = [];
  for (const [t, { probabilities, weight, ...span }] of observations.entries()) {
    const previous = observations[t - 1];
    const evidence = Array.from(probabilities, (probability) => weight * logOf(probability));
    if (previous === undefined) {
      scores = evidence;
      continue;
    }
    const apartSec = (span.startSec + span.endSec - previous.startSec - previous.endSec) / 2;
    const cost = switchingCost(apartSec, evidence.length);
    const best = scores.indexOf(Math.max(...scores));
    const sources = scores.map((score, k) => (scores[best]! - cost > score ? best : k));
    scores = sources.map((from, k) => scores[from]! - (from === k ? 0 : cost) + evidence[k]!);
    cameFrom.push(sources);
  }
  if (scores.length === 0) return [];
  const path = [scores.indexOf(Math.max(...scores))];
  for (const sources of cameFrom.toReversed()) path.unshift(sources[path[0]!]!);
  return path;
}

/**
 * One opinion of many: the weighted geometric mean of probabilities [label], renormalized.
 * Over observations that `smoothLabels` gave one label, that label is its largest.
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
