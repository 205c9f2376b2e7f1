import * as fc from "fast-check";
import { expect, test } from "vitest";
import { drawn, fed } from "../../test/finite-differences.ts";
import { UndertoneError } from "../shared/errors.ts";
import { emitModel } from "./emit.ts";
import { readMetadata } from "./metadata.ts";
import { softmax } from "./operators/activation.ts";
import { add, greater } from "./operators/arithmetic.ts";
import { convolution } from "./operators/convolution.ts";
import { reshape } from "./operators/layout.ts";
import { matMul } from "./operators/matrix.ts";
import { maxPool } from "./operators/pooling.ts";
import { nodeRuntime } from "./runtime.node.ts";
import { Session } from "./session.ts";
import { constant, input, node, parameter, scalar } from "./tensor.ts";

const filters = drawn("filters", [2, 1, 3, 3]);
const weight = drawn("weight", [8, 3]);

/** A small network over images [1, 1, 4, 4]. */
function network() {
  const pooled = maxPool(convolution(input("x", [1, 1, 4, 4]), filters.tensor), [2, 2]);
  return softmax(matMul(reshape(pooled, [1, 8]), weight.tensor));
}

const weights = new Map([filters, weight].map(({ name, values }) => [name, values]));

test("a model with a free batch gives each row what it gives it alone", async () => {
  const model = emitModel({ outputs: { y: network() }, weights, freeBatch: true });
  const session = await Session.open(nodeRuntime, model, { threads: 1 });
  const images = drawn("images", [7, 1, 4, 4]).values;
  const run = async (first: number, count: number): Promise<Float32Array> => {
    const data = images.slice(first * 16, (first + count) * 16);
    return (await session.run({ x: { data, shape: [count, 1, 4, 4] } }))["y"]!;
  };
  const together = await run(0, 7);
  expect(together).toHaveLength(21);
  for (const count of [1, 2]) {
    for (let first = 0; first + count <= 7; first++) {
      const rows = await run(first, count);
      for (const [i, value] of rows.entries())
        expect(value).toBeCloseTo(together[first * 3 + i]!, 6);
    }
  }
  await session.close();
});

test("without weights, parameters are inputs; with them, constants", async () => {
  const training = await Session.open(nodeRuntime, emitModel({ outputs: { y: network() } }));
  const model = emitModel({ outputs: { y: network() }, weights });
  const exported = await Session.open(nodeRuntime, model);
  expect(training.inputNames).toEqual(["x", "filters", "weight"]);
  expect(exported.inputNames).toEqual(["x"]);
  await training.close();
  await exported.close();
});

test("one tensor may be several outputs, and an input or a constant one, too", async () => {
  const x = fed("x", [2], [1, 2]);
  const sum = add(x.tensor, x.tensor);
  const model = emitModel({ outputs: { a: sum, b: sum, c: x.tensor, d: constant([5], [1]) } });
  const session = await Session.open(nodeRuntime, model);
  const outputs = await session.run({ x: { data: x.values, shape: [2] } });
  expect(Object.fromEntries(Object.entries(outputs).map(([k, v]) => [k, [...v]]))).toEqual({
    a: [2, 4],
    b: [2, 4],
    c: [1, 2],
    d: [5],
  });
  await session.close();
});

test("the same graph gives the same bytes", () => {
  const [first, second] = [network(), network()].map((y) => emitModel({ outputs: { y }, weights }));
  expect(first).toEqual(second);
});

test("metadata come back, in any script", () => {
  const metadata = { undertone: '{"a": "ä 😀"}', empty: "" };
  const model = emitModel({ outputs: { y: network() }, weights, metadata });
  expect(readMetadata(model)).toEqual(metadata);
});

/** The metadata as JSON, or the code of the error. */
function attempt(bytes: Uint8Array): string {
  try {
    return JSON.stringify(readMetadata(bytes));
  } catch (error) {
    if (error instanceof UndertoneError) return error.code;
    throw error;
  }
}

test("bytes that are no model, or the start of one, are `model-invalid` or hold no metadata", () => {
  const model = emitModel({ outputs: { y: network() }, weights, metadata: { key: "value" } });
  // A file cut between two fields is a model without those that are gone.
  for (let length = 0; length < model.length; length++) {
    expect(["model-invalid", "{}"]).toContain(attempt(model.subarray(0, length)));
  }
  expect(attempt(new TextEncoder().encode("this is a text file"))).toBe("model-invalid");
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      attempt(bytes); // an error of any other kind is thrown on
    }),
  );
});

test("bytes that ONNX Runtime cannot load are `model-invalid`", async () => {
  const valid = emitModel({ outputs: { y: network() }, weights });
  const unknown = emitModel({
    outputs: { y: node("NoSuchOperator", [parameter("x", [1])], { shape: [1] }) },
  });
  for (const bytes of [
    new Uint8Array(),
    new TextEncoder().encode("not a model"),
    valid.subarray(0, valid.length / 2),
    unknown,
  ]) {
    await expect(Session.open(nodeRuntime, bytes)).rejects.toMatchObject({
      name: "UndertoneError",
      code: "model-invalid",
    });
  }
});

test("only float32 leaves a session", async () => {
  const x = fed("x", [2], [1, -2]);
  const model = emitModel({ outputs: { y: greater(x.tensor, scalar(0)) } });
  const session = await Session.open(nodeRuntime, model);
  await expect(session.run({ x: { data: x.values, shape: [2] } })).rejects.toThrow(
    /output y has type bool, expected float32/,
  );
  await session.close();
});
