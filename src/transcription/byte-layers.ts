import { elementTypes } from "../graph/file-protos.ts";
import type { GraphWriter } from "../graph/graph-writer.ts";
import { lessHalf } from "../graph/less-half.ts";
import type { ByteMatrix } from "./moonshine-weights.ts";

/** Rows of floats as bytes by their range: an element is (byte + offset) · unit of its row; `offset` is a whole number. */
interface ByteRows {
  readonly bytes: string;
  readonly unit: string;
  readonly offset: string;
}

/** Floats as bytes by their magnitude: an element is (byte - zero) · unit of its row or column. */
interface EvenBytes {
  readonly bytes: string;
  readonly unit: string;
  readonly zero: number;
}

/** The unsigned byte that stands for 0 where others lie evenly around it, and how far from it they are at most. */
const [middle, reach] = [128, 127];
/** Of rows that are all alike. */
const leastUnit = 1e-6;

/**
 * Writes layers over weights in bytes, and attention over keys and values in bytes. Each row is quantized by itself: so
 * what is computed of a row does not depend on the rows beside it.
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

  /** Rows, along the last axis, as bytes over their range. */
  quantize(x: string): ByteRows {
    const { writer } = this;
    const overRow = { axes: [-1] };
    const least = writer.node("ReduceMin", [x], overRow);
    const span = writer.node("Sub", [writer.node("ReduceMax", [x], overRow), least]);
    // Of 255 steps one is for what rounding may add.
    const unit = this.#atLeast(writer.node("Mul", [span, this.float(1 / 254)]));
    const offset = writer.node("Round", [writer.node("Div", [least, unit])]);
    const steps = writer.node("Sub", [writer.node("Div", [x, unit]), offset]);
    return { bytes: this.#rounded(steps), unit, offset };
  }

  /** Rows as bytes by their magnitude. */
  quantizeEvenly(x: string): EvenBytes {
    const { writer } = this;
    const unit = this.#unit(x, -1);
    const steps = writer.node("Add", [writer.node("Div", [x, unit]), this.float(middle)]);
    return { bytes: this.#rounded(steps), unit, zero: middle };
  }

  /** Rows of numbers from 0 on as bytes. */
  quantizeShares(x: string): EvenBytes {
    const { writer } = this;
    const most = writer.node("ReduceMax", [x], { axes: [-1] });
    const unit = writer.node("Mul", [most, this.float(1 / 255)]);
    return { bytes: this.#rounded(writer.node("Div", [x, unit])), unit, zero: 0 };
  }

  /** Matrices that are no weights [..., in, out] as bytes of `matrixType`, by the magnitude of each column [..., 1, out]. */
  quantizeColumns(x: string): EvenBytes {
    const { writer } = this;
    const unit = this.#unit(x, -2);
    const steps = writer.node("Div", [x, unit]);
    if (!this.#areSigned) {
      const shifted = writer.node("Add", [steps, this.float(middle)]);
      return { bytes: this.#rounded(shifted), unit, zero: middle };
    }
    const bytes = writer.node("Cast", [writer.node("Round", [steps])], { to: elementTypes.int8 });
    return { bytes, unit, zero: 0 };
  }

  /** Inputs of the graph as `quantizeColumns` gives them. */
  columnsInput(bytes: string, unit: string): EvenBytes {
    const { writer } = this;
    return {
      bytes: writer.input(bytes, this.matrixType),
      unit: writer.input(unit),
      zero: this.#areSigned ? 0 : middle,
    };
  }

  /** Of the bytes of matrices. */
  get matrixType(): "int8" | "uint8" {
    return this.#areSigned ? "int8" : "uint8";
  }

  /** Products of rows and matrices that are no weights, in floats. */
  productOfBoth(rows: EvenBytes, columns: EvenBytes): string {
    const { writer } = this;
    const zeros = [
      writer.constant("uint8", [rows.zero]),
      writer.constant(this.matrixType, [columns.zero]),
    ];
    const sums = writer.node("MatMulInteger", [rows.bytes, columns.bytes, ...zeros]);
    return writer.node("Mul", [writer.node("Mul", [this.#floats(sums), rows.unit]), columns.unit]);
  }

  /** What a step is worth by the largest magnitude along an axis. */
  #unit(x: string, axis: number): string {
    const { writer } = this;
    const most = writer.node("ReduceMax", [writer.node("Abs", [x])], { axes: [axis] });
    return this.#atLeast(writer.node("Mul", [most, this.float(1 / reach)]));
  }

  #atLeast(unit: string): string {
    return this.writer.node("Max", [unit, this.float(leastUnit)]);
  }

  /** Numbers from 0 to 255 as bytes: a cast cuts off what is behind the point. */
  #rounded(steps: string): string {
    const { writer } = this;
    const half = writer.node("Add", [steps, this.float(0.5)]);
    return writer.node("Cast", [half], { to: elementTypes.uint8 });
  }

  #floats(x: string): string {
    return this.writer.node("Cast", [x], { to: elementTypes.float32 });
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

  /** Products [rows, out] of quantized rows and a matrix [in, out], in floats; `written` are its weights where they stand already. */
  product(
    { bytes, unit, offset }: ByteRows,
    matrix: ByteMatrix,
    written = this.weights(matrix),
  ): string {
    const { writer } = this;
    const sums = this.#floats(writer.node("MatMulInteger", [bytes, written[0], "", written[1]]));
    const { columns, scales } = matrix;
    // A byte stands for byte + offset: the offset times the sum of a column's weights is added.
    const ofColumns = writer.constant("float32", columnSums(matrix), [1, columns]);
    const whole = writer.node("Gemm", [offset, ofColumns, sums]);
    const isOne = scales.every((each) => each === scales[0]);
    const units = isOne ? this.float(scales[0]!) : this.floats(scales);
    return writer.node("Mul", [whole, writer.node("Mul", [unit, units])]);
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

/** Bytes of 255 whose sum fits into 16 bits. */
const rowsAtOnce = 257;

/** Returns the sums of a matrix's columns, in steps; the columns are a multiple of four, which are summed as one number. */
export function columnSums({ bytes, rows, columns, zeros }: ByteMatrix): Int32Array {
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const width = columns / 4;
  const fours = new Uint32Array(buffer, byteOffset, rows * width);
  const sums = Int32Array.from(zeros, (zero) => -rows * zero);
  for (let first = 0; first < rows; first += rowsAtOnce) {
    // Each number holds two sums.
    const even = new Uint32Array(width);
    const odd = new Uint32Array(width);
    const end = Math.min(rows, first + rowsAtOnce) * width;
    for (let start = first * width; start < end; start += width) {
      for (let n = 0; n < width; n++) {
        const four = fours[start + n]!;
        even[n]! += four & 0xff00ff;
        odd[n]! += (four >>> 8) & 0xff00ff;
      }
    }
    for (let n = 0; n < width; n++) {
      sums[4 * n]! += even[n]! & 0xffff;
      sums[4 * n + 1]! += odd[n]! & 0xffff;
      sums[4 * n + 2]! += even[n]! >>> 16;
      sums[4 * n + 3]! += odd[n]! >>> 16;
    }
  }
  return sums;
}
