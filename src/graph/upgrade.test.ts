import { expect, test } from "vitest";
import { floats, onnxModel, onnxNode } from "../../test/support/onnx-model.ts";
import { nodeRuntime } from "./runtime.node.ts";
import { decodeModel } from "./model-proto.ts";
import { toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { Session } from "./session.ts";
import { upgradeAxes } from "./upgrade.ts";

test("what has its axes in an attribute gives the same with them as an input", async () => {
  const old = onnxModel({
    operatorSet: 11,
    inputs: { x: ["batch", 3] },
    outputs: ["y"],
    initializers: { two: floats([1], [2]) },
    nodes: [
      onnxNode("Unsqueeze", [["x"], ["row"]], { axes: [1] }),
      onnxNode("ReduceMean", [["row"], ["mean"]], { axes: [-1] }),
      onnxNode("Mul", [["mean", "two"], ["y"]]),
    ],
  });
  const proto = decodeModel(upgradeAxes(old));
  proto.opsetImport[0]!.version = 18n;
  const session = await Session.open(nodeRuntime, toBinary(ModelProtoSchema, proto), {
    threads: 1,
  });
  const data = Float32Array.of(1, 2, 6, 0, 0, 3);
  const { y } = await session.run({ x: { data, shape: [2, 3] } });
  await session.close();
  expect([...y!]).toEqual([6, 2]);
});
