import type { Feeds } from "../../graph/session.ts";
import { elementCount, type Shape } from "../../graph/tensor.ts";
import type { GraphTensor } from "../../models/export/exported-model.ts";
import { Refusal } from "../refusal.ts";
import type { GraphFacts } from "./graph-thread.ts";
import type { InferenceRequest, InferenceResponse } from "./schema.ts";

/** Rows of a batch. */
const mostRows = 64;

const floatBytes = 4;

const invalid = (message: string): Refusal => new Refusal("body-invalid", message);

/**
 * Returns what a request feeds: inputs as numbers in JSON, or as little-endian bytes that follow it in their order. Inputs but the
 * waveform may be left out, and are zeros then: there are no words.
 * @throws Refusal `body-invalid` naming the input
 */
export function feedsOf(
  { inputs }: Pick<InferenceRequest, "inputs">,
  bytes: Uint8Array,
  graph: Pick<GraphFacts, "inputs">,
): Feeds {
  const feeds: Record<string, Feeds[string]> = {};
  let start = 0;
  for (const input of inputs) {
    const { name, shape, data, parameters } = input;
    const known = graph.inputs.find((each) => each.name === name);
    if (!known || feeds[name]) {
      throw invalid(`Inputs are ${namesOf(graph.inputs)}, each once, not ${name.slice(0, 100)}.`);
    }
    assertShape(known, shape);
    const count = elementCount(shape);
    const size = parameters?.binary_data_size;
    if ((size === undefined) === (data === undefined)) {
      throw invalid(`${name}: give either data or binary_data_size.`);
    }
    const values = size === undefined ? numbersOf(data!, name) : floatsOf(bytes, start, size);
    start += size ?? 0;
    if (values.length !== count) {
      throw invalid(`${name}: its shape has ${count} numbers, got ${values.length}.`);
    }
    if (!values.every(Number.isFinite)) throw invalid(`${name}: a number is not finite.`);
    feeds[name] = { data: values, shape };
  }
  if (start !== bytes.length) throw invalid(`${bytes.length - start} bytes belong to no input.`);
  const rows = feeds["waveform"]?.shape[0];
  if (rows === undefined) throw invalid("The input waveform is missing.");
  for (const { name, shape } of graph.inputs) {
    const whole: Shape = [rows, ...shape.map((length) => length ?? 1)];
    feeds[name] ??= { data: new Float32Array(elementCount(whole)), shape: whole };
    if (feeds[name].shape[0] !== rows) throw invalid("Inputs have different numbers of rows.");
  }
  return feeds;
}

const namesOf = (tensors: readonly GraphTensor[]): string =>
  tensors.map(({ name }) => name).join(", ");

function assertShape({ name, shape: known }: GraphTensor, shape: Shape): void {
  const [rows = 0, ...lengths] = shape;
  const fits =
    rows <= mostRows &&
    lengths.length === known.length &&
    known.every((length, axis) => length === null || length === lengths[axis]);
  if (fits) return;
  const expected = ["batch", ...known.map((length) => length ?? "length")].join(", ");
  throw invalid(`${name}: its shape is [${expected}], of at most ${mostRows} rows.`);
}

/** Flattens nested numbers. */
function numbersOf(data: readonly unknown[], name: string): Float32Array {
  const numbers: number[] = [];
  const add = (value: unknown, depth: number): void => {
    if (typeof value === "number") numbers.push(value);
    else if (Array.isArray(value) && depth < 8) for (const each of value) add(each, depth + 1);
    else throw invalid(`${name}: data holds what is no number.`);
  };
  add(data, 0);
  return Float32Array.from(numbers);
}

function floatsOf(bytes: Uint8Array, start: number, size: number): Float32Array {
  if (size % floatBytes !== 0 || start + size > bytes.length) {
    throw invalid("A binary_data_size is not that of the bytes which follow.");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, size);
  return Float32Array.from({ length: size / floatBytes }, (_, at) =>
    view.getFloat32(at * floatBytes, true),
  );
}

/** An answer: its JSON, and the bytes that follow it. */
export interface EncodedResponse {
  readonly response: InferenceResponse;
  readonly bytes: Uint8Array;
}

/** Returns the outputs that a request asks for, all by default, in its encoding. @throws Refusal `body-invalid` */
export function responseOf(
  { id, parameters, outputs: asked }: InferenceRequest,
  { outputs }: Pick<GraphFacts, "outputs">,
  given: { readonly model: string; readonly values: Readonly<Record<string, Float32Array>> },
): EncodedResponse {
  const chunks: Uint8Array[] = [];
  const wanted = asked ?? outputs.map(({ name }) => ({ name, parameters: undefined }));
  const encoded = wanted.map(({ name, parameters: own }) => {
    const known = outputs.find((each) => each.name === name);
    if (!known) throw invalid(`Outputs are ${namesOf(outputs)}, not ${name.slice(0, 100)}.`);
    const values = given.values[name]!;
    const width = known.shape.reduce<number>((product, length) => product * (length ?? 1), 1);
    const tensor = {
      name,
      datatype: "FP32" as const,
      shape: [values.length / width, ...known.shape.map((length) => length ?? 1)],
    };
    const isBinary = own?.binary_data ?? parameters?.binary_data_output ?? false;
    if (!isBinary) return { ...tensor, data: [...values] };
    const bytes = bytesOf(values);
    chunks.push(bytes);
    return { ...tensor, parameters: { binary_data_size: bytes.length } };
  });
  const response = {
    model_name: given.model,
    model_version: "1",
    ...(id !== undefined && { id }),
    outputs: encoded,
  };
  return { response, bytes: Buffer.concat(chunks) };
}

function bytesOf(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * floatBytes);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of values.entries()) view.setFloat32(at * floatBytes, value, true);
  return bytes;
}
