/**
 * Returns for each row of `weights` [rows, columns] the column that is assigned to it, or -1: at most one row a column, of the
 * greatest sum. Rows and columns without weight in common stay apart.
 * @see Kuhn (1955), "The Hungarian method for the assignment problem"; potentials as in Jonker and Volgenant (1987)
 */
export function bestAssignment(weights: readonly (readonly number[])[]): number[] {
  const rows = weights.length;
  const columns = weights[0]?.length ?? 0;
  const size = Math.max(rows, columns);
  const costOf = (row: number, column: number): number => -(weights[row]?.[column] ?? 0);
  // Index 0 stands for "none", as is usual in this formulation.
  const rowPotential = new Float64Array(size + 1);
  const columnPotential = new Float64Array(size + 1);
  const rowOf = new Int32Array(size + 1);
  const cameFrom = new Int32Array(size + 1);
  for (let row = 1; row <= size; row++) {
    rowOf[0] = row;
    let column = 0;
    const slack = new Float64Array(size + 1).fill(Infinity);
    const isVisited = new Uint8Array(size + 1);
    do {
      isVisited[column] = 1;
      const from = rowOf[column]!;
      let delta = Infinity;
      let next = 0;
      for (let j = 1; j <= size; j++) {
        if (isVisited[j]) continue;
        const cost = costOf(from - 1, j - 1) - rowPotential[from]! - columnPotential[j]!;
        if (cost < slack[j]!) {
          slack[j] = cost;
          cameFrom[j] = column;
        }
        if (slack[j]! < delta) {
          delta = slack[j]!;
          next = j;
        }
      }
      for (let j = 0; j <= size; j++) {
        if (isVisited[j]) {
          rowPotential[rowOf[j]!]! += delta;
          columnPotential[j]! -= delta;
        } else slack[j]! -= delta;
      }
      column = next;
    } while (rowOf[column] !== 0);
    for (; column !== 0; column = cameFrom[column]!) rowOf[column] = rowOf[cameFrom[column]!]!;
  }
  const assigned = Array.from({ length: rows }, () => -1);
  for (let j = 1; j <= columns; j++) {
    const row = rowOf[j]! - 1;
    if ((weights[row]?.[j - 1] ?? 0) > 0) assigned[row] = j - 1;
  }
  return assigned;
}
