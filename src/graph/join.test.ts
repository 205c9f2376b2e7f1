import { expect, test } from "vitest";
import { emitModel } from "./emit.ts";
import { readMetadata } from "./metadata.ts";
import { joinModels } from "./join.ts";
import { add, multiply } from "./operators/arithmetic.ts";
import { nodeRuntime } from "./runtime.node.ts";
import { Session } from "./session.ts";
import { constant, input, scalar } from "./tensor.ts";

const x = input("x", [1, 2]);
/** y = 2x, and z = x + [1, 2]. */
const first = emitModel({
  outputs: {
    y: multiply(x, scalar(2)),
    z: add(x, constant(Float32Array.of(1, 2), [1, 2])),
  },
  freeBatch: true,
});
/** y = 10x */
const second = emitModel({ outputs: { y: multiply(x, scalar(10)) }, freeBatch: true });
const sum = emitModel({
  outputs: { sum: add(input("a", [1, 2]), input("b", [1, 2])) },
  freeBatch: true,
});

test("parts of one input, whose inner names are the same, lead to one sum", async () => {
  const joined = joinModels(
    [
      { bytes: first, names: new Map([["y", "a"]]) },
      { bytes: second, names: new Map([["y", "b"]]) },
      { bytes: sum },
    ],
    { outputs: ["sum", "z"], metadata: { says: "hello" } },
  );
  const session = await Session.open(nodeRuntime, joined, { threads: 1 });
  const answer = await session.run({
    x: { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] },
  });
  await session.close();
  expect(session.inputNames).toEqual(["x"]);
  expect(answer).toEqual({
    sum: Float32Array.of(12, 24, 36, 48),
    z: Float32Array.of(2, 4, 4, 6),
  });
  expect(readMetadata(joined)).toEqual({ says: "hello" });
});

test("a part may take what another made by another name", async () => {
  const chain = joinModels(
    [
      { bytes: first, names: new Map([["y", "doubled"]]) },
      { bytes: second, names: new Map([["x", "doubled"]]) },
    ],
    { outputs: ["y"] },
  );
  const session = await Session.open(nodeRuntime, chain, { threads: 1 });
  const { y } = await session.run({ x: { data: Float32Array.of(1, 2), shape: [1, 2] } });
  await session.close();
  expect(y).toEqual(Float32Array.of(20, 40));
});

test("what is no model is refused", () => {
  const part = { bytes: Uint8Array.of(1, 2, 3) };
  expect(() => joinModels([part], { outputs: [] })).toThrow(/not an ONNX model/);
  expect(() => joinModels([{ ...part, bytes: new Uint8Array() }], { outputs: [] })).toThrow(
    expect.objectContaining({ code: "model-invalid" }),
  );
});
