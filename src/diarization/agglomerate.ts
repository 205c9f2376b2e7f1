/** Unit vectors that were put together. */
export interface Cluster {
  /** Sum of its members' vectors, each times its weight. */
  readonly sum: Float64Array;
  readonly weight: number;
  /** Numbers of the members, from 0. */
  readonly members: readonly number[];
}

/** One step of a clustering: what is left after the two most similar clusters were joined. */
export interface MergeStep {
  /** Mean cosine between the members of the two that were joined; 1 before the first step. */
  readonly similarity: number;
  readonly clusters: readonly Cluster[];
}

/** Returns the mean cosine between members of one cluster and members of the other. */
export function similarityOf(a: Cluster, b: Cluster): number {
  return dot(a.sum, b.sum) / (a.weight * b.weight);
}

/**
 * Joins the two most similar clusters again and again: agglomerative clustering with average linkage on cosines, exact also for
 * clusters of many, whose sums hold all that linkage needs. Takes time and memory with the square of their number.
 * @yields the clusters before the first step, and after each
 */
export function* agglomerate(given: readonly Cluster[]): Generator<MergeStep> {
  const clusters: (Cluster | undefined)[] = [...given];
  const similarity = given.map((a) => Float64Array.from(given, (b) => similarityOf(a, b)));
  const nearest = given.map((_, row) => nearestOf(row));
  const left = (): Cluster[] => clusters.filter((each) => each !== undefined);

  function nearestOf(row: number): number {
    let best = -1;
    for (let other = 0; other < clusters.length; other++) {
      if (other === row || clusters[other] === undefined) continue;
      if (best < 0 || similarity[row]![other]! > similarity[row]![best]!) best = other;
    }
    return best;
  }

  yield { similarity: 1, clusters: left() };
  for (let count = clusters.length; count > 1; count--) {
    let row = -1;
    for (let each = 0; each < clusters.length; each++) {
      if (clusters[each] === undefined) continue;
      if (row < 0 || valueAt(each) > valueAt(row)) row = each;
    }
    const other = nearest[row]!;
    const merged = valueAt(row);
    const both = joined(clusters[row]!, clusters[other]!);
    clusters[row] = both;
    clusters[other] = undefined;
    for (let each = 0; each < clusters.length; each++) {
      const third = clusters[each];
      if (third === undefined || each === row) continue;
      const value = similarityOf(both, third);
      similarity[row]![each] = value;
      similarity[each]![row] = value;
      const before = nearest[each]!;
      if (before === row || before === other) nearest[each] = nearestOf(each);
      else if (value > similarity[each]![before]!) nearest[each] = row;
    }
    nearest[row] = nearestOf(row);
    yield { similarity: merged, clusters: left() };
  }

  function valueAt(row: number): number {
    return similarity[row]![nearest[row]!]!;
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

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
