import type { GraphProto, TensorProto } from "onnx-buf";
import { GraphWriter } from "../graph/graph-writer.ts";
import { decodeTensor } from "../graph/import/decode-tensor.ts";
import { decodeModel } from "../graph/model-proto.ts";
import { UndertoneError } from "../shared/errors.ts";
import { hop, stateWidth, transforms } from "./silero-shape.ts";

/** Samples of a transform. */
const window = 256;
/** Bins of its spectrum. */
const bins = window / 2 + 1;

/** Strides of the convolutions over a frame's spectra, each of three taps. */
const strides = [1, 2, 2, 1];

/**
 * Returns a graph that computes what Silero's does, for many frames at once: `rows` [frames, 640], `hidden` and `cell`
 * [1, 1, 128] → `probabilities` [frames], `hidden` and `cell` after the last one. Spectra and convolutions of all frames
 * are products of matrices; only the recurrent layer goes frame by frame.
 * @throws UndertoneError `model-invalid` when the file is no such model
 */
export function sileroGraph(file: Uint8Array): Uint8Array {
  const weights = weightsOf(file);
  const writer = new GraphWriter();
  const whole = (...values: number[]): string => writer.constant("int64", values, [values.length]);
  const slice = (x: string, axis: number, [start, end, step = 1]: readonly number[]): string =>
    writer.node("Slice", [x, whole(start!), whole(end!), whole(axis), whole(step)]);
  const product = (x: string, { values, shape }: Weight): string =>
    writer.node("MatMul", [x, writer.constant("float32", values, shape)]);
  const biased = (x: string, { values }: Weight): string =>
    writer.node("Add", [x, writer.constant("float32", values, [values.length])]);

  const blocks = writer.node("Reshape", [writer.input("rows"), whole(0, transforms + 1, hop)]);
  const framed = writer.node(
    "Concat",
    [slice(blocks, 1, [0, transforms]), slice(blocks, 1, [1, transforms + 1])],
    { axis: 2 },
  );
  const spectrum = product(framed, turned(weights("stft.forward_basis_buffer"), 1));
  const [real, imaginary] = [slice(spectrum, 2, [0, bins]), slice(spectrum, 2, [bins, 2 * bins])];
  const power = writer.node("Add", [
    writer.node("Mul", [real, real]),
    writer.node("Mul", [imaginary, imaginary]),
  ]);
  let x = writer.node("Sqrt", [power]);
  let length = transforms;
  for (const [layer, stride] of strides.entries()) {
    const padded = writer.node("Pad", [x, whole(0, 1, 0, 0, 1, 0)]);
    const taps = [0, 1, 2].map((tap) => slice(padded, 1, [tap, tap + length, stride]));
    const name = `encoder.${layer}.reparam_conv`;
    const weight = turned(weights(`${name}.weight`), 3);
    x = product(writer.node("Concat", taps, { axis: 2 }), weight);
    x = writer.node("Relu", [biased(x, weights(`${name}.bias`))]);
    length = Math.ceil(length / stride);
  }
  // One spectrum is left of a frame, which is a step of the only sequence: [frames, 1, 128].
  const [states, hidden, cell] = writer.nodes(
    "LSTM",
    [
      x,
      recurrent("decoder.rnn.weight_ih"),
      recurrent("decoder.rnn.weight_hh"),
      biases(),
      "",
      writer.input("hidden"),
      writer.input("cell"),
    ],
    { outputs: 3, attributes: { hidden_size: stateWidth } },
  );
  const last = writer.node("Relu", [writer.node("Reshape", [states!, whole(-1, stateWidth)])]);
  const logits = biased(
    product(last, turned(weights("decoder.decoder.2.weight"), 1)),
    weights("decoder.decoder.2.bias"),
  );
  const probabilities = writer.node("Reshape", [writer.node("Sigmoid", [logits]), whole(-1)]);
  return writer.model({ probabilities, nextHidden: hidden!, nextCell: cell! });

  function recurrent(name: string): string {
    const { values } = weights(name);
    return writer.constant("float32", gatesOf(values), [1, 4 * stateWidth, stateWidth]);
  }

  function biases(): string {
    const both = ["decoder.rnn.bias_ih", "decoder.rnn.bias_hh"].flatMap((name) => [
      ...gatesOf(weights(name).values),
    ]);
    return writer.constant("float32", both, [1, 8 * stateWidth]);
  }
}

interface Weight {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** Returns filters [out, in, taps] as a matrix [taps · in, out]. */
function turned({ values, shape }: Weight, taps: number): Weight {
  const outputs = shape[0]!;
  const inputs = values.length / outputs / taps;
  const matrix = new Float32Array(values.length);
  for (let out = 0; out < outputs; out++) {
    for (let n = 0; n < inputs; n++) {
      for (let tap = 0; tap < taps; tap++) {
        matrix[(tap * inputs + n) * outputs + out] = values[(out * inputs + n) * taps + tap]!;
      }
    }
  }
  return { values: matrix, shape: [taps * inputs, outputs] };
}

/** Returns gates in ONNX's order, input, output, forget and cell, of PyTorch's: input, forget, cell and output. */
function gatesOf(values: Float32Array): Float32Array {
  const size = values.length / 4;
  const ordered = new Float32Array(values.length);
  for (const [to, from] of [0, 3, 1, 2].entries()) {
    ordered.set(values.subarray(from * size, (from + 1) * size), to * size);
  }
  return ordered;
}

/** Returns what finds a weight of the branch for 16 kHz by the end of its name. */
function weightsOf(file: Uint8Array): (name: string) => Weight {
  const tensors = constantsIn(decodeModel(file).graph);
  const basis = [...tensors].find(
    ([name, { dims }]) =>
      name.endsWith("stft.forward_basis_buffer") && Number(dims[0]) === 2 * bins,
  );
  const prefix = basis?.[0].slice(0, -"stft.forward_basis_buffer".length);
  return (name) => {
    const tensor = tensors.get(`${prefix}${name}`);
    if (tensor === undefined) {
      throw new UndertoneError("model-invalid", `This is no model of Silero: it has no ${name}.`);
    }
    const { values, shape } = decodeTensor(tensor);
    return { values: Float32Array.from(values), shape };
  };
}

/** Returns the constants of a graph and its branches by their names. */
function constantsIn({ node, initializer }: GraphProto): Map<string, TensorProto> {
  const constants = new Map(initializer.map((tensor) => [tensor.name, tensor]));
  for (const { opType, output, attribute } of node) {
    for (const { t, g } of attribute) {
      if (t && opType === "Constant") constants.set(output[0]!, t);
      if (g) for (const [name, tensor] of constantsIn(g)) constants.set(name, tensor);
    }
  }
  return constants;
}
