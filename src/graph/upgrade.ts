import { encodeModel } from "./encode-model.ts";
import { tensorProto } from "./file-protos.ts";
import { decodeModel } from "./model-proto.ts";

/** Operators that take their axes as an input since operator set 13 or 18. */
const withAxes: ReadonlySet<string> = new Set(["ReduceMean", "ReduceMax", "Unsqueeze"]);

/**
 * Returns a speech encoder of ONNX's operator set 11 to 17 as one of 18 and later, in which reductions and `Unsqueeze` take
 * their axes as an input. Its other operators did not change.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model
 * @see https://onnx.ai/onnx/operators/onnx__ReduceMean.html
 */
export function upgradeAxes(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  const { node: nodes, initializer } = model.graph;
  for (const [index, node] of nodes.entries()) {
    const axes = node.attribute.find(({ name }) => name === "axes");
    if (!axes || !withAxes.has(node.opType)) continue;
    const name = `axes.${index}`;
    node.input.push(name);
    node.attribute = node.attribute.filter((attribute) => attribute !== axes);
    initializer.push(
      tensorProto(name, {
        type: "int64",
        shape: [axes.ints.length],
        bytes: new Uint8Array(BigInt64Array.from(axes.ints).buffer),
      }),
    );
  }
  return encodeModel(model);
}
