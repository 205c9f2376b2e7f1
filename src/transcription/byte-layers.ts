import { float32Type, int32Type, uint8Type, type GraphWriter } from "../graph/graph-writer.ts";
import { lessHalf } from "../graph/less-half.ts";
import type { ByteMatrix } from "./moonshine-weights.ts";

/** Rows of floats as bytes: an element is (byte + offset) · scale of its row; `offset` is a whole number below 1. */
interface ByteRows {
  readonly bytes: string;
  readonly scale: string;
  readonly offset: string;
}

/**
 * Writes layers over weights in bytes. Each row is quantized by its own range, as `DynamicQuantizeLinear` does it with a
 * whole tensor: so what is computed of a row does not depend on the rows beside it.
 */
export class ByteLayers {
  readonly writer: GraphWriter;
  /** Whether weights are written as signed bytes, which are faster where the machine multiplies them exactly. */
  readonly #areSigned: boolean;

  constructor(writer: GraphWriter, areSigned: boolean) {
    this.writer = writer;
    this.#areSigned = areSigned;
  }

  float(value: number): string {
    return this.writer.constant("float32", [value]);
  }

  floats(values: ArrayLike<number>): string {
    return this.writer.constant("float32", values, [values.length]);
  }

  wholes(...values: number[]): string {
    return this.writer.constant("int64", values, [values.length]);
  }

  /** @see https://onnx.ai/onnx/operators/onnx__DynamicQuantizeLinear.html */
  quantize(x: string): ByteRows {
    const { writer } = this;
    const range = { axes: [-1] };
    const least = writer.node("Min", [writer.node("ReduceMin", [x], range), this.float(0)]);
    const most = writer.node("Max", [writer.node("ReduceMax", [x], range), this.float(0)]);
    const span = writer.node("Sub", [most, least]);
    const scale = writer.node("Max", [
      writer.node("Div", [span, this.float(255)]),
      this.float(1e-30), // a row of zeros
    ]);
    const offset = writer.node("Round", [writer.node("Div", [least, scale])]);
    const steps = writer.node("Round", [writer.node("Div", [x, scale])]);
    const shifted = writer.node("Sub", [steps, offset]);
    const clipped = writer.node("Clip", [shifted, this.float(0), this.float(255)]);
    return {
      bytes: writer.node("Cast", [clipped], { to: uint8Type }),
      scale,
      offset: writer.node("Cast", [offset], { to: int32Type }),
    };
  }

  /** A matrix in bytes and its zeros, one for all columns where they are one. */
  weights({ bytes, rows, columns, zeros }: ByteMatrix): readonly [bytes: string, zeros: string] {
    const { writer } = this;
    const isOne = zeros.every((zero) => zero === zeros[0]);
    const written = (values: Uint8Array, shape: readonly number[]): string =>
      this.#areSigned
        ? writer.constant("int8", lessHalf(values), shape)
        : writer.constant("uint8", values, shape);
    return [
      written(bytes, [rows, columns]),
      written(isOne ? zeros.subarray(0, 1) : zeros, isOne ? [] : [columns]),
    ];
  }

  /** Products of quantized rows and a matrix [in, out], in floats; `written` are its weights where they stand already. */
  product(
    { bytes, scale, offset }: ByteRows,
    matrix: ByteMatrix,
    written = this.weights(matrix),
  ): string {
    const { writer } = this;
    const sums = writer.node("MatMulInteger", [bytes, written[0], "", written[1]]);
    const { columns, scales } = matrix;
    // A byte stands for byte + offset: the offset times the sum of a column's weights is added.
    const ofColumns = writer.constant("int32", columnSums(matrix), [columns]);
    const whole = writer.node("Add", [sums, writer.node("Mul", [offset, ofColumns])]);
    const isOne = scales.every((each) => each === scales[0]);
    const units = isOne ? this.float(scales[0]!) : this.floats(scales);
    const unit = writer.node("Mul", [scale, units]);
    return writer.node("Mul", [writer.node("Cast", [whole], { to: float32Type }), unit]);
  }

  /** Layer normalization without a bias. */
  normalize(x: string, weight: Float32Array): string {
    const { writer } = this;
    const overRow = { axes: [-1] };
    const centered = writer.node("Sub", [x, writer.node("ReduceMean", [x], overRow)]);
    const squares = writer.node("Pow", [centered, this.float(2)]);
    const variance = writer.node("ReduceMean", [squares], overRow);
    const deviation = writer.node("Sqrt", [writer.node("Add", [variance, this.float(1e-5)])]);
    return writer.node("Mul", [writer.node("Div", [centered, deviation]), this.floats(weight)]);
  }
}

/** Returns the sums of a matrix's columns, in steps. */
function columnSums({ bytes, rows, columns, zeros }: ByteMatrix): Int32Array {
  const sums = Int32Array.from(zeros, (zero) => -rows * zero);
  for (let row = 0; row < rows; row++) {
    const own = bytes.subarray(row * columns, (row + 1) * columns);
    for (let column = 0; column < columns; column++) sums[column]! += own[column]!;
  }
  return sums;
}
