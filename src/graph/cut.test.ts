import { expect, test } from "vitest";
import { cutModel } from "./cut.ts";
import { emitModel } from "./emit.ts";
import { add, multiply } from "./operators/arithmetic.ts";
import { nodeRuntime } from "./runtime.node.ts";
import { Session } from "./session.ts";
import { constant, input } from "./tensor.ts";

const [a, b] = [input("a", [2]), input("b", [2])];
const sum = add(a, constant([10, 20], [2]));
const model = emitModel({ outputs: { sum, product: multiply(sum, b) } });

/** How the emitted model calls the sum inside. */
const sumName = "Add_0";

test("only what leads to the tensors is kept, with its inputs", async () => {
  const cut = cutModel(model, ["sum"]);
  const session = await Session.open(nodeRuntime, cut);
  expect(session.inputNames).toEqual(["a"]);
  const outputs = await session.run({ a: { data: Float32Array.of(1, 2), shape: [2] } });
  await session.close();
  expect(outputs).toEqual({ sum: Float32Array.of(11, 22) });
  expect(cut.length).toBeLessThan(model.length);
});

test("several tensors are outputs in the order that they are named", async () => {
  const session = await Session.open(nodeRuntime, cutModel(model, ["product", "sum"]));
  const feed = { data: Float32Array.of(1, 2), shape: [2] };
  const outputs = await session.run({ a: feed, b: feed });
  await session.close();
  expect(Object.entries(outputs)).toEqual([
    ["product", Float32Array.of(11, 44)],
    ["sum", Float32Array.of(11, 22)],
  ]);
});

test("a model can begin at an inner tensor", async () => {
  const cut = cutModel(model, ["product"], [sumName]);
  const session = await Session.open(nodeRuntime, cut);
  expect(session.inputNames).toEqual(["b", sumName]);
  const feed = { data: Float32Array.of(3, 4), shape: [2] };
  const outputs = await session.run({ [sumName]: feed, b: feed });
  await session.close();
  expect(outputs).toEqual({ product: Float32Array.of(9, 16) });
});

test("a model without the tensor, and what is no model, are refused", () => {
  expect(() => cutModel(model, ["difference"])).toThrow(/no tensor difference/);
  expect(() => cutModel(model.subarray(0, 40), ["sum"])).toThrow(/truncated/);
  expect(() => cutModel(new Uint8Array(0), ["sum"])).toThrow(/no graph/);
});
