import { TensorProto_DataType, type GraphProto, type NodeProto, type TensorProto } from "onnx-buf";
import { decodeTensor } from "../graph/import/decode-tensor.ts";
import { decodeModel } from "../graph/model-proto.ts";
import { UndertoneError } from "../shared/errors.ts";

/** A matrix of bytes [rows, columns]: a weight is (byte - zero) · scale of its column. */
export interface ByteMatrix {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly scales: Float32Array;
  readonly zeros: Uint8Array;
}

/** The weights of a decoder of Moonshine. */
export interface DecoderWeights {
  /** Of a layer's projection, such as `layers.0/self_attn/q_proj`, [in, out]. */
  matrix(name: string): ByteMatrix;
  /** Of a layer's normalization, or of a projection's bias. */
  vector(name: string): Float32Array;
  /** [vocabulary, width] */
  readonly embedding: ByteMatrix;
  /** Angles that a pair of a head's elements turns by from one token to the next. */
  readonly frequencies: Float32Array;
}

/**
 * Reads the weights of a published decoder, by the names of what its nodes give.
 * @throws UndertoneError `model-invalid` when the file is no such decoder
 */
export function readDecoderWeights(file: Uint8Array): DecoderWeights {
  const { graph } = decodeModel(file);
  const branch = graph.node
    .flatMap(({ attribute }) => attribute)
    .find(({ name }) => name === "else_branch")?.g;
  if (branch === undefined) throw missing("branch without a cache");
  const graphs: readonly GraphProto[] = [graph, branch];
  const nodes = new Map(branch.node.map((node) => [node.output[0]!, node]));
  const constants = new Map(
    graphs.flatMap(({ initializer }) => initializer.map((tensor) => [tensor.name, tensor])),
  );
  const nodeOf = (output: string): NodeProto => {
    const node = nodes.get(`/model/decoder/${output}`);
    if (node === undefined) throw missing(output);
    return node;
  };
  const constant = (name: string | undefined): TensorProto => {
    const tensor = constants.get(name ?? "");
    if (tensor === undefined) throw missing(name ?? "constant");
    return tensor;
  };
  const matrixOf = (weight: string, scale: string, zero: string): ByteMatrix => {
    const { dims, rawData } = bytesOf(constant(weight));
    const [rows, columns] = dims.map(Number);
    const only = (tensor: string): number => decodeTensor(constant(tensor)).values[0]!;
    return {
      bytes: rawData,
      rows: rows!,
      columns: columns!,
      scales: new Float32Array(columns!).fill(only(scale)),
      zeros: new Uint8Array(columns!).fill(only(zero)),
    };
  };
  const [table, ids] = nodeOf("embed_tokens/Gather_output_0_quantized").input;
  if (ids !== "input_ids") throw missing("embedding");
  const embedding = nodeOf("embed_tokens/Gather_output_0").input;
  return {
    matrix: (name) => {
      const { input } = nodeOf(`${name}/MatMul_output_0_output_quantized`);
      const scale = nodeOf(`${name}/MatMul_quant_scales_mul:0`).input[1]!;
      return matrixOf(input[1]!, scale, input[3]!);
    },
    vector: (name) => {
      const isBias = name.endsWith("_proj");
      const { input } = nodeOf(`${name}/${isBias ? "Add" : "Mul"}_output_0`);
      const { values } = decodeTensor(constant(input[isBias ? 0 : 1]));
      return Float32Array.from(values);
    },
    embedding: matrixOf(table!, embedding[1]!, embedding[2]!),
    frequencies: Float32Array.from(
      decodeTensor(constant(nodeOf("rotary_emb/MatMul_output_0").input[0])).values,
    ),
  };
}

function bytesOf(tensor: TensorProto): TensorProto {
  const unsigned: number = TensorProto_DataType.UINT8;
  if (tensor.dataType === unsigned && tensor.rawData.length > 0 && tensor.dims.length === 2) {
    return tensor;
  }
  throw missing(`${tensor.name} in bytes`);
}

function missing(what: string): UndertoneError {
  return new UndertoneError("model-invalid", `This is no decoder of Moonshine: it has no ${what}.`);
}

/** Returns matrices of as many rows side by side. */
export function besideEachOther(matrices: readonly ByteMatrix[]): ByteMatrix {
  const { rows } = matrices[0]!;
  const columns = matrices.reduce((sum, matrix) => sum + matrix.columns, 0);
  const joined = {
    bytes: new Uint8Array(rows * columns),
    rows,
    columns,
    scales: new Float32Array(columns),
    zeros: new Uint8Array(columns),
  };
  let first = 0;
  for (const { bytes, columns: width, scales, zeros } of matrices) {
    joined.scales.set(scales, first);
    joined.zeros.set(zeros, first);
    for (let row = 0; row < rows; row++) {
      joined.bytes.set(bytes.subarray(row * width, (row + 1) * width), row * columns + first);
    }
    first += width;
  }
  return joined;
}
