/** Each operator as ONNX Runtime computes it from a file, and its gradients by differences. */
import type { NodeProto } from "onnx-buf";
import { describe, expect, test } from "vitest";
import { drawn, gradientError, valuesOf } from "../../../test/finite-differences.ts";
import {
  floats,
  onnxModel,
  onnxNode,
  wholes,
  type FileTensor,
} from "../../../test/support/onnx-model.ts";
import { nodeRuntime } from "../runtime.node.ts";
import { Session } from "../session.ts";
import type { Shape } from "../tensor.ts";
import { importGraph } from "./import-graph.ts";
import { parseOnnx } from "./onnx-file.ts";

interface Case {
  readonly what: string;
  readonly nodes: readonly NodeProto[];
  readonly shapes: readonly Shape[];
  readonly constants?: Readonly<Record<string, FileTensor>>;
  readonly operatorSet?: number;
  readonly range?: readonly [number, number];
}

const names = ["x", "z", "w"];

/** One node from x (and z, w) and constants to y. */
function one(
  what: string,
  shapes: readonly Shape[],
  options: Partial<Case> & { readonly attributes?: Parameters<typeof onnxNode>[2] } = {},
): Case {
  const { constants = {}, attributes = {}, ...more } = options;
  const [operator] = what.split(/[ ,]/);
  const inputs = [...names.slice(0, shapes.length), ...Object.keys(constants)];
  return {
    what,
    shapes,
    constants,
    nodes: [onnxNode(operator!, [inputs, ["y"]], attributes)],
    ...more,
  };
}

const matrix = [3, 4];
const sequence = [2, 3, 11];
const image = [2, 2, 5, 6];

const elementwise: readonly Case[] = [
  one("Add", [matrix, [4]]),
  one("Sub", [[3, 1], matrix]),
  one("Mul", [matrix, [3, 1]]),
  one("Div", [matrix, matrix], { range: [0.5, 2] }),
  one("Neg", [matrix]),
  one("Sqrt", [matrix], { range: [0.5, 2] }),
  one("Cos", [matrix]),
  one("Sin", [matrix]),
  one("Erf", [matrix]),
  one("Tanh", [matrix]),
  one("Identity", [matrix]),
  one("Pow 2", [matrix], { constants: { exponent: floats([], [2]) } }),
  one("Pow 3", [matrix], { constants: { exponent: floats([], [3]) } }),
  one("Pow ½", [matrix], { range: [0.5, 2], constants: { exponent: floats([1], [0.5]) } }),
];

const layout: readonly Case[] = [
  one("Reshape with 0 and -1", [[2, 3, 4]], { constants: { shape: wholes([0, -1]) } }),
  one("Unsqueeze", [matrix], { constants: { axes: wholes([-1, 0]) } }),
  one("Unsqueeze of old", [matrix], { attributes: { axes: [1] }, operatorSet: 11 }),
  one("Squeeze", [[1, 3, 1, 2]], { constants: { axes: wholes([0, -2]) } }),
  one("Squeeze all", [[1, 3, 1, 2]]),
  one("Transpose", [[2, 3, 4]], { attributes: { perm: [2, 0, 1] } }),
  one("Transpose all", [[2, 3, 4]]),
  one(
    "Concat",
    [
      [2, 1, 3],
      [2, 2, 3],
    ],
    { attributes: { axis: -2 } },
  ),
  one("Slice", [[4, 7]], {
    constants: { starts: wholes([1, -6]), ends: wholes([3, 2 ** 40]), axes: wholes([0, 1]) },
  }),
  one("Slice by steps", [[2, 7]], {
    constants: { from: wholes([1]), to: wholes([99]), axes: wholes([-1]), steps: wholes([2]) },
  }),
  one("Slice backwards", [[2, 7]], {
    constants: {
      from: wholes([-1]),
      to: wholes([-(2 ** 40)]),
      axes: wholes([1]),
      steps: wholes([-2]),
    },
  }),
  one("Gather one", [[2, 3, 4]], { constants: { id: wholes(-1) }, attributes: { axis: 1 } }),
  one("Gather several", [[2, 3, 4]], {
    constants: { ids: wholes([2, 0, -1, 2]) },
    attributes: { axis: 1 },
  }),
];

const reductions: readonly Case[] = [
  one("ReduceMean", [[2, 3, 4]], { attributes: { axes: [-1, 0], keepdims: 0 } }),
  one("ReduceMean of all", [matrix]),
  one("Softmax", [matrix], { attributes: { axis: 0 } }),
  one("Softmax of old", [[2, 3, 4]], { attributes: { axis: 1 }, operatorSet: 11 }),
  one("InstanceNormalization", [[2, 3, 5], [3], [3]]),
  one("InstanceNormalization of images", [[2, 2, 3, 2], [2], [2]]),
];

const products: readonly Case[] = [
  one("MatMul", [
    [2, 3, 4],
    [4, 5],
  ]),
  one("MatMul of batches", [
    [2, 1, 3, 4],
    [2, 4, 2],
  ]),
  one("Conv", [sequence, [4, 3, 3], [4]]),
  one("Conv by strides", [sequence, [2, 3, 5]], { attributes: { strides: [3] } }),
  one("Conv by wide strides", [sequence, [2, 3, 2]], { attributes: { strides: [4] } }),
  one("Conv, padded", [sequence, [2, 3, 4]], { attributes: { strides: [2], pads: [3, 1] } }),
  one("Conv, dilated", [sequence, [2, 3, 3]], {
    attributes: { strides: [2], pads: [1, 2], dilations: [2] },
  }),
  one(
    "Conv in groups",
    [
      [2, 4, 9],
      [6, 2, 4],
    ],
    { attributes: { group: 2, pads: [2, 2] } },
  ),
  one(
    "Conv of each channel",
    [
      [1, 3, 9],
      [3, 1, 3],
    ],
    { attributes: { group: 3, strides: [2] } },
  ),
  one("Conv of images", [image, [3, 2, 3, 2], [3]], {
    attributes: { strides: [2, 1], pads: [1, 0, 1, 1] },
  }),
  one("Conv of images, dilated in groups", [image, [2, 1, 2, 3]], {
    attributes: { strides: [1, 2], dilations: [2, 1], group: 2 },
  }),
];

/** As PyTorch's exporter writes them. */
const pieces: readonly Case[] = [
  {
    what: "GELU in pieces",
    shapes: [matrix],
    constants: { root: floats([], [Math.SQRT2]), one: floats([], [1]), half: floats([], [0.5]) },
    nodes: [
      onnxNode("Div", [["x", "root"], ["a"]]),
      onnxNode("Erf", [["a"], ["b"]]),
      onnxNode("Add", [["b", "one"], ["c"]]),
      onnxNode("Mul", [["x", "c"], ["d"]]),
      onnxNode("Mul", [["d", "half"], ["y"]]),
    ],
  },
  {
    what: "layer norm in pieces",
    shapes: [matrix, [4], [4]],
    constants: { two: floats([], [2]), epsilon: floats([], [0.01]) },
    nodes: [
      onnxNode("ReduceMean", [["x"], ["mean"]], { axes: [-1] }),
      onnxNode("Sub", [["x", "mean"], ["centered"]]),
      onnxNode("Pow", [["centered", "two"], ["square"]]),
      onnxNode("ReduceMean", [["square"], ["variance"]], { axes: [-1] }),
      onnxNode("Add", [["variance", "epsilon"], ["safe"]]),
      onnxNode("Sqrt", [["safe"], ["deviation"]]),
      onnxNode("Div", [["centered", "deviation"], ["standardized"]]),
      onnxNode("Mul", [["standardized", "z"], ["scaled"]]),
      onnxNode("Add", [["scaled", "w"], ["y"]]),
    ],
  },
];

describe.each([...elementwise, ...layout, ...reductions, ...products, ...pieces])(
  "$what",
  ({ shapes, nodes, constants = {}, operatorSet = 14, range = [-1, 1] }) => {
    const leaves = shapes.map((shape, index) => drawn(names[index]!, shape, range));
    const file = onnxModel({
      nodes,
      operatorSet,
      inputs: Object.fromEntries(leaves.map(({ name, tensor }) => [name, tensor.shape])),
      outputs: ["y"],
      initializers: constants,
    });
    const { y } = importGraph(parseOnnx(file), {
      inputs: Object.fromEntries(leaves.map(({ name, tensor }) => [name, tensor])),
      outputs: ["y"],
    });

    test("gives what ONNX Runtime gives", async () => {
      const session = await Session.open(nodeRuntime, file);
      const feeds = leaves.map(({ name, values, tensor }) => [
        name,
        { data: values, shape: tensor.shape },
      ]);
      const expected = (await session.run(Object.fromEntries(feeds)))["y"]!;
      await session.close();
      const actual = await valuesOf(y!, leaves);
      expect(actual).toHaveLength(expected.length);
      for (const [index, value] of expected.entries()) {
        expect(actual[index]).toBeCloseTo(value, 5);
      }
    });

    test("gradients agree with differences", async () => {
      expect(await gradientError(y!, leaves)).toBeLessThan(2e-3);
    });
  },
);
