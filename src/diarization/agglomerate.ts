/** Vectors that were put together. */
export interface Cluster {
  /** Sum of its members' vectors, each times its weight. */
  readonly sum: Float64Array;
  readonly weight: number;
  /** Numbers of the members, from 0. */
  readonly members: readonly number[];
}

/** One step of a clustering: what is left after two clusters were joined. */
export interface MergeStep {
  /** By how much the join raised the sum of squares within clusters; 0 before the first step. */
  readonly cost: number;
  readonly clusters: readonly Cluster[];
}

/** Returns by how much the sum of squares within clusters rises when two are joined. */
export function mergeCost(a: Cluster, b: Cluster): number {
  let apart = 0;
  for (let i = 0; i < a.sum.length; i++) {
    apart += (a.sum[i]! / a.weight - b.sum[i]! / b.weight) ** 2;
  }
  return (apart * a.weight * b.weight) / (a.weight + b.weight);
}

/**
 * Joins the two clusters whose join costs least again and again: Ward's method, exact also for clusters of many, whose sums hold all that
 * it needs. Takes time and memory with the square of their number.
 * @yields the clusters before the first step, and after each
 * @see Ward (1963), "Hierarchical Grouping to Optimize an Objective Function"
 */
export function* agglomerate(given: readonly Cluster[]): Generator<MergeStep> {
  const clusters: (Cluster | undefined)[] = [...given];
  const costs = given.map((a) => Float64Array.from(given, (b) => mergeCost(a, b)));
  const nearest = given.map((_, row) => nearestOf(row));
  const left = (): Cluster[] => clusters.filter((each) => each !== undefined);

  function nearestOf(row: number): number {
    let best = -1;
    for (let other = 0; other < clusters.length; other++) {
      if (other === row || clusters[other] === undefined) continue;
      if (best < 0 || costs[row]![other]! < costs[row]![best]!) best = other;
    }
    return best;
  }

  yield { cost: 0, clusters: left() };
  for (let count = clusters.length; count > 1; count--) {
    let row = -1;
    for (let each = 0; each < clusters.length; each++) {
      if (clusters[each] === undefined) continue;
      if (row < 0 || costOf(each) < costOf(row)) row = each;
    }
    const other = nearest[row]!;
    const cost = costOf(row);
    const both = joined(clusters[row]!, clusters[other]!);
    clusters[row] = both;
    clusters[other] = undefined;
    for (let each = 0; each < clusters.length; each++) {
      const third = clusters[each];
      if (third === undefined || each === row) continue;
      const value = mergeCost(both, third);
      costs[row]![each] = value;
      costs[each]![row] = value;
      const before = nearest[each]!;
      if (before === row || before === other) nearest[each] = nearestOf(each);
      else if (value < costs[each]![before]!) nearest[each] = row;
    }
    nearest[row] = nearestOf(row);
    yield { cost, clusters: left() };
  }

  function costOf(row: number): number {
    return costs[row]![nearest[row]!]!;
  }
}

/** Returns two clusters as one. */
export function joined(a: Cluster, b: Cluster): Cluster {
  return {
    sum: a.sum.map((value, i) => value + b.sum[i]!),
    weight: a.weight + b.weight,
    members: [...a.members, ...b.members],
  };
}
