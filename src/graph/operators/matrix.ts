import { broadcastShapes } from "../shapes.ts";
import { elementCount, node, shapeError, type Tensor } from "../tensor.ts";
import { reshape } from "./layout.ts";
import { sumToShape } from "./reduce.ts";

interface MatMulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/**
 * Matrix product over the last two axes, the others broadcast: [.., m, k] · [.., k, n] → [.., m, n].
 * An operand can be transposed without a copy (ONNX Runtime's `FusedMatMul`).
 */
export function matMul(a: Tensor, b: Tensor, options: MatMulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false } = options;
  const [m, innerA] = matrixOf(a, transposeA);
  const [innerB, n] = matrixOf(b, transposeB);
  if (innerA !== innerB)
    throw shapeError("MatMul", [a, b], `inner lengths ${innerA} and ${innerB} differ`);
  const batch = broadcastShapes("MatMul", batchOf(a), batchOf(b));
  const plain = !transposeA && !transposeB;
  return node(plain ? "MatMul" : "FusedMatMul", [a, b], {
    shape: [...batch, m, n],
    ...(plain
      ? {}
      : {
          domain: "com.microsoft",
          attributes: { transA: Number(transposeA), transB: Number(transposeB) },
        }),
    gradientRules: [
      (gradient) =>
        sumToShape(
          transposeA
            ? matMul(b, gradient, { transposeA: transposeB, transposeB: true })
            : matMul(gradient, b, { transposeB: !transposeB }),
          a.shape,
        ),
      (gradient) => {
        // A plain matrix on the right: one product over the rows of all batches, instead of a sum of many.
        const joined = b.shape.length === 2 && !transposeA;
        const [left, right] = joined ? [rowsOf(a), rowsOf(gradient)] : [a, gradient];
        return sumToShape(
          transposeB
            ? matMul(right, left, { transposeA: true, transposeB: transposeA })
            : matMul(left, right, { transposeA: !transposeA }),
          b.shape,
        );
      },
    ],
  });
}

/** The rows of a batch of matrices as one matrix. */
function rowsOf(x: Tensor): Tensor {
  const columns = x.shape.at(-1)!;
  return reshape(x, [elementCount(x.shape) / columns, columns]);
}

function matrixOf(x: Tensor, transposed: boolean): [rows: number, columns: number] {
  const [rows, columns] = x.shape.slice(-2);
  if (rows === undefined || columns === undefined)
    throw shapeError("MatMul", [x], "at least two axes wanted");
  return transposed ? [columns, rows] : [rows, columns];
}

function batchOf(x: Tensor): Tensor {
  return { ...x, shape: x.shape.slice(0, -2) };
}
