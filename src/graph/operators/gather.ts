import { elementCount, integers, node, shapeError, type Shape, type Tensor } from "../tensor.ts";
import { toInteger } from "./arithmetic.ts";
import { reshape } from "./layout.ts";

/**
 * Rows of a table [rows, width] by their numbers, given as float32: ids [..shape] → [..shape, width].
 * A number past the last row fails the run.
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
 * Adds rows [..ids, width] into a table of zeros at their numbers. With 1024 rows of 128 into 8000,
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
