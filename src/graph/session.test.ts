import { expect, test } from "vitest";
import { emitModel } from "./emit.ts";
import { nodeRuntime } from "./runtime.node.ts";
import { Session } from "./session.ts";
import { input, node } from "./tensor.ts";

const float = 1; // TensorProto.DataType.FLOAT
const cast = (name: string, type: "int64" | "bool"): ReturnType<typeof node> =>
  node("Cast", [input(name, [3], type)], { shape: [3], attributes: { to: float } });

async function openCasts(): Promise<Session> {
  const outputs = { ids: cast("a", "int64"), flags: cast("b", "bool") };
  return Session.open(nodeRuntime, emitModel({ outputs }));
}

test("the array of a feed says its type", async () => {
  const session = await openCasts();
  const outputs = await session.run({
    a: { data: BigInt64Array.of(1n, -2n, 9_007_199n), shape: [3] },
    b: { data: Uint8Array.of(1, 0, 1), shape: [3] },
  });
  expect(outputs).toEqual({
    ids: Float32Array.of(1, -2, 9_007_199),
    flags: Float32Array.of(1, 0, 1),
  });
  await session.close();
});

test("only the outputs named come back", async () => {
  const session = await openCasts();
  const feeds = {
    a: { data: new BigInt64Array(3), shape: [3] },
    b: { data: new Uint8Array(3), shape: [3] },
  };
  expect(Object.keys(await session.run(feeds, ["flags"]))).toEqual(["flags"]);
  await session.close();
});
