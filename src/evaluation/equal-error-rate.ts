/**
 * Returns the equal error rate of a verification: where the share of accepted impostors is that of rejected targets as the threshold
 * moves, linearly interpolated between thresholds. `scores` are higher the likelier a trial is a target. 0 to 1.
 * @throws RangeError when the arrays differ in length, or one of both kinds of trials is missing
 * @example
 * ```ts
 * import { equalErrorRate } from "undertone/metrics";
 *
 * const rate = equalErrorRate([0.9, 0.4, 0.6, 0.1], [true, true, false, false]); // → 0.5
 * ```
 */
export function equalErrorRate(scores: ArrayLike<number>, isTarget: readonly boolean[]): number {
  const targets = isTarget.filter(Boolean).length;
  const impostors = isTarget.length - targets;
  if (scores.length !== isTarget.length || targets === 0 || impostors === 0) {
    throw new RangeError(
      `equalErrorRate: expected a target and an impostor among as many trials as scores, got ${scores.length} scores, ${targets} targets, ${impostors} impostors`,
    );
  }
  const order = isTarget.map((_, index) => index).toSorted((a, b) => scores[b]! - scores[a]!);
  let [accepted, rejected] = [0, 1];
  for (let first = 0; first < order.length;) {
    // Trials of one score cross the threshold together.
    let [nextAccepted, nextRejected] = [accepted, rejected];
    const score = scores[order[first]!]!;
    for (; first < order.length && scores[order[first]!] === score; first++) {
      if (isTarget[order[first]!]) nextRejected -= 1 / targets;
      else nextAccepted += 1 / impostors;
    }
    if (nextAccepted >= nextRejected) {
      const before = rejected - accepted;
      const after = nextAccepted - nextRejected;
      const share = before + after === 0 ? 0 : before / (before + after);
      return accepted + share * (nextAccepted - accepted);
    }
    [accepted, rejected] = [nextAccepted, nextRejected];
  }
  return 1;
}
