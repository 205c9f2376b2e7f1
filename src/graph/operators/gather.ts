import { elementCount, integers, node, shapeError, type Shape, type Tensor } from "../tensor.ts";
import { toInteger } from "./arithmetic.ts";
import { reshape, transpose } from "./layout.ts";

/**
 * Rows of a table [rows, width] by index, whole or float32: ids [..shape] → [..shape, width].
 * An index beyond the last row fails the run.
 */
export function gatherRows(table: Tensor, ids: Tensor): Tensor {
  const [, width, ...more] = table.shape;
  if (width === undefined || more.length > 0)
    throw shapeError("Gather", [table, ids], "a table [rows, width] wanted");
  return node("Gather", [table, toInteger(ids, "int64")], {
    shape: [...ids.shape, width],
    attributes: { axis: 0 },
    gradientRules: [(gradient) => scatterRows(gradient, ids, table.shape)],
  });
}

/**
 * Adds rows [..ids, width] to a table of zeros at their indices. With 1024 rows of 128 into 8000,
 * ScatterND takes 0.8 ms, ScatterElements 1.6 ms and the product with a one-hot matrix 97 ms.
 */
function scatterRows(rows: Tensor, ids: Tensor, shape: Shape): Tensor {
  const count = elementCount(ids.shape);
  const zeros = node("ConstantOfShape", [integers(shape)], { shape });
  const indices = toInteger(reshape(ids, [count, 1]), "int64");
  return node("ScatterND", [zeros, indices, reshape(rows, [count, shape[1]!])], {
    shape,
    attributes: { reduction: "add" },
    gradientRules: [
      undefined,
      undefined,
      (gradient) => reshape(gatherRows(gradient, ids), [count, shape[1]!]),
    ],
  });
}

/** Elements along one axis by index: [..before, length, ..after] → [..before, ..ids, ..after]. */
export function gather(x: Tensor, ids: Tensor, axis: number): Tensor {
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const axes = x.shape.map((_, index) => index);
  const front = axis === 0 ? x : transpose(x, [axis, ...axes.toSpliced(axis, 1)]);
  const table = reshape(front, [x.shape[axis]!, elementCount([...before, ...after])]);
  const rows = reshape(gatherRows(table, ids), [...ids.shape, ...before, ...after]);
  if (axis === 0) return rows;
  const { length: rank } = ids.shape;
  const order = rows.shape.map((_, index) => index);
  return transpose(rows, [
    ...order.slice(rank, rank + axis),
    ...order.slice(0, rank),
    ...order.slice(rank + axis),
  ]);
}
