import { describe, expect, test } from "vitest";
import { drawn, fed, gradientError, valuesOf, type Fed } from "../../../test/finite-differences.ts";
import { quantizedEncoder, rotaryEncoder } from "../../../test/support/onnx-encoders.ts";
import {
  floats,
  onnxModel,
  onnxNode,
  scattered,
  wholes,
} from "../../../test/support/onnx-model.ts";
import { emitModel } from "../emit.ts";
import { nodeRuntime } from "../runtime.node.ts";
import { Session, type Feeds } from "../session.ts";
import { operationsOf } from "../traverse.ts";
import { constant, input, parameter, type Shape } from "../tensor.ts";
import { importGraph } from "./import-graph.ts";
import { parseOnnx } from "./onnx-file.ts";
import type { WeightChoice } from "./weights.ts";

async function run(model: Uint8Array, feeds: Feeds): Promise<Record<string, Float32Array>> {
  const session = await Session.open(nodeRuntime, model);
  const outputs = await session.run(feeds);
  await session.close();
  return outputs;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, index) => Math.abs(value - b[index]!)));
}

/** Makes a parameter of every weight that is offered and keeps its values. */
function collecting(weights: Fed[]): WeightChoice {
  return (name, { shape, values }) => {
    const leaf = fed(name, shape, values);
    weights.push(leaf);
    return leaf.tensor;
  };
}

describe("an encoder with rotary attention", () => {
  const wave = drawn("wave", [2, 19]);
  const feeds = { wave: { data: wave.values, shape: [2, 19] } };
  const file = parseOnnx(rotaryEncoder());
  const inputs = { wave: wave.tensor };

  test("gives what the file gives, inside and at its end, at any batch", async () => {
    const graph = importGraph(file, { inputs, outputs: ["node of attention", "output"] });
    const { output } = await run(rotaryEncoder(), feeds);
    const model = emitModel({ outputs: graph, freeBatch: true });
    const actual = await run(model, feeds);
    expect(largestDifference(actual["output"]!, output!)).toBeLessThan(1e-5);
    expect(graph["node of attention"]!.shape).toEqual([2, 2, 8, 8]);
    expect(actual["node of attention"]!.subarray(0, 8).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  test("keeps no arithmetic on shapes", () => {
    const { output } = importGraph(file, { inputs, outputs: ["output"] });
    const operators = new Set(operationsOf([output!]).map(({ operator }) => operator));
    for (const gone of ["Shape", "Gather", "Range", "Cast", "Unsqueeze"]) {
      expect(operators).not.toContain(gone);
    }
  });

  test("knows its gradients, by its input and its weights", async () => {
    const weights: Fed[] = [];
    const trained = ["filters", "query weight", "key weight", "value weight"];
    const { output } = importGraph(file, {
      inputs,
      outputs: ["output"],
      weight: (name, weight) =>
        trained.includes(name) ? collecting(weights)(name, weight) : undefined,
    });
    expect(weights.map(({ name }) => name)).toEqual(trained);
    expect(await gradientError(output!, [wave, ...weights])).toBeLessThan(5e-3);
  });

  test("imports nothing beyond what is asked for", () => {
    const offered: string[] = [];
    importGraph(file, {
      inputs,
      outputs: ["bounded"],
      weight: (name) => void offered.push(name),
    });
    expect(offered).toEqual(["filters"]);
  });
});

describe("a quantized encoder", () => {
  const ids = BigInt64Array.from([0, 4, 2, 2, 1, 3], BigInt);
  const feeds = { ids: { data: ids, shape: [2, 3] } };
  const inputs = {
    ids: { shape: [2, 3], type: "int64", source: { kind: "constant", data: ids } },
  } as const;
  const file = parseOnnx(quantizedEncoder());

  test("gives nearly what the file gives, which rounds what flows through it", async () => {
    const { output } = importGraph(file, {
      inputs: { ids: input("ids", [2, 3], "int64") },
      outputs: ["output"],
    });
    const expected = await run(quantizedEncoder(), feeds);
    const actual = await run(emitModel({ outputs: { output: output! } }), feeds);
    const size = Math.max(...expected["output"]!.map(Math.abs));
    expect(largestDifference(actual["output"]!, expected["output"]!)).toBeLessThan(0.05 * size);
    expect(actual["output"]).not.toEqual(expected["output"]);
  });

  test("offers its weights in float32 under their own names, and they can be trained", async () => {
    const weights: Fed[] = [];
    const { output } = importGraph(file, {
      inputs,
      outputs: ["output"],
      weight: collecting(weights),
    });
    expect(weights.map(({ name, tensor }) => [name, tensor.shape])).toEqual([
      ["table", [5, 4]],
      ["dense", [4, 3]],
      ["filters", [2, 3, 3]],
      ["kept", [2, 2, 1]],
    ]);
    const unchanged = importGraph(file, { inputs, outputs: ["output"] })["output"]!;
    expect(await valuesOf(output!, weights)).toEqual(await valuesOf(unchanged, []));
    expect(await gradientError(output!, weights)).toBeLessThan(1e-3);
  });
});

test("arithmetic on constants is done while importing, as ONNX defines it", async () => {
  const { y } = importGraph(
    parseOnnx(
      onnxModel({
        inputs: { x: [2, "n"] },
        outputs: ["y"],
        nodes: [
          onnxNode("Shape", [["x"], ["shape"]]),
          onnxNode("Slice", [["shape", "minus one", "most"], ["length"]]),
          onnxNode("Div", [["length", "minus two"], ["cut towards zero"]]),
          onnxNode("Range", [["zero", "six", "two"], ["steps"]]),
          onnxNode("Transpose", [["table"], ["turned"]]),
          onnxNode("Gather", [["turned", "minus one"], ["turned rows"]]),
          onnxNode("Reshape", [["turned rows", "minus one"], ["turned row"]]),
          onnxNode("Concat", [["cut towards zero", "steps", "turned row"], ["all"]], { axis: 0 }),
          onnxNode("Cast", [["all"], ["floats"]], { to: 1 }),
          onnxNode("Constant", [[], ["half"]], { value: floats([], [0.5]) }),
          onnxNode("Mul", [["floats", "half"], ["y"]]),
        ],
        initializers: {
          "minus one": wholes([-1]),
          "minus two": wholes([-2]),
          most: wholes([2 ** 40]),
          zero: wholes(0),
          two: wholes(2),
          six: wholes(6),
          table: { type: "int64", shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
        },
      }),
    ),
    { inputs: { x: input("x", [2, 5]) }, outputs: ["y"] },
  );
  expect(y!.source.kind).toBe("constant");
  // 5 / -2 is cut, not floored.
  const doubled = [-2, 0, 2, 4, 3, 6];
  expect(await valuesOf(y!, [])).toEqual(doubled.map((value) => value / 2));
});

describe("what is asked of a file that does not fit", () => {
  const file = parseOnnx(rotaryEncoder());
  const wave = input("wave", [1, 19]);
  const importing =
    (inputs: Parameters<typeof importGraph>[1]["inputs"], outputs: readonly string[]) => () =>
      importGraph(file, { inputs, outputs });

  test.each([
    [
      "an input it does not have",
      importing({ wav: wave }, ["output"]),
      /no input wav; it has wave/,
    ],
    ["no input", importing({}, ["output"]), /input wave is needed/],
    [
      "an input of another rank",
      importing({ wave: input("wave", [19]) }, ["output"]),
      /wave is float32 \[any, any\], got float32 \[19\]/,
    ],
    [
      "an input of another type",
      importing({ wave: input("wave", [1, 19], "int64") }, ["output"]),
      /got int64/,
    ],
    [
      "an output it does not have",
      importing({ wave }, ["outputs"]),
      /no tensor outputs; its outputs are output/,
    ],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });

  test("a weight of another shape", () => {
    expect(() =>
      importGraph(file, {
        inputs: { wave },
        outputs: ["bounded"],
        weight: () => parameter("filters", [4, 5]),
      }),
    ).toThrow(/weight filters has shape \[4, 1, 5\], got \[4, 5\]/);
  });

  test("an input too short for it names the node", () => {
    expect(importing({ wave: input("wave", [1, 3]) }, ["output"])).toThrow(
      /node of convolved \(Conv/,
    );
  });
});

describe("a file that contradicts itself", () => {
  const shape: Shape = [2, 3];
  const importing = (description: Partial<Parameters<typeof onnxModel>[0]>) => () =>
    importGraph(
      parseOnnx(onnxModel({ inputs: { x: shape }, outputs: ["y"], nodes: [], ...description })),
      { inputs: { x: constant(scattered(shape).values, shape) }, outputs: ["y"] },
    );

  test.each([
    [
      "an unsupported operator",
      { nodes: [onnxNode("Einsum", [["x", "x"], ["y"]])] },
      /node of y \(Einsum, operator set 14\).*not supported; supported are Add.*inputs are constant|node of y \(Einsum, operator set 14\).*float32 \[2, 3\]/,
    ],
    [
      "nodes that wait for each other",
      { nodes: [onnxNode("Add", [["x", "b"], ["y"]]), onnxNode("Neg", [["y"], ["b"]])] },
      /depends on itself/,
    ],
    [
      "a tensor that nothing makes",
      { nodes: [onnxNode("Add", [["x", "b"], ["y"]])] },
      /No node of the model has its tensor b/,
    ],
    ["an input left out", { nodes: [onnxNode("Add", [["x", ""], ["y"]])] }, /input 1 is missing/],
    [
      "shapes that do not fit",
      { nodes: [onnxNode("Add", [["x", "b"], ["y"]])], initializers: { b: scattered([4]) } },
      /Add: shapes \[2, 3\] and \[4\] do not fit/,
    ],
    [
      "a constant larger than any memory",
      {
        nodes: [onnxNode("Range", [["a", "b", "c"], ["y"]])],
        initializers: { a: wholes(0), b: wholes(2 ** 40), c: wholes(1) },
      },
      /is too large/,
    ],
    [
      "a reshape that depends on values",
      {
        nodes: [
          onnxNode("Cast", [["x"], ["b"]], { to: 7 }),
          onnxNode("Reshape", [["x", "b"], ["y"]]),
        ],
      },
      /depends on values and not on shapes alone/,
    ],
    [
      "a negative length",
      { nodes: [onnxNode("Reshape", [["x", "b"], ["y"]])], initializers: { b: wholes([-3, -2]) } },
      /Reshape/,
    ],
    ["an output that nothing makes", {}, /No node of the model has its output y/],
    [
      "a node without inputs",
      { nodes: [onnxNode("Sub", [[], ["y"]])] },
      /an input or attribute is missing/,
    ],
    [
      "whole numbers that are none",
      {
        nodes: [onnxNode("Div", [["b", "c"], ["y"]])],
        initializers: { b: wholes([1]), c: wholes([0]) },
      },
      /output y: .*not an integer/,
    ],
    [
      "an unsupported type",
      { nodes: [onnxNode("Cast", [["x"], ["y"]], { to: 10 })] },
      /casts to a type other/,
    ],
  ])("%s", (_, description, message) => {
    expect(importing(description)).toThrow(expect.objectContaining({ code: "model-invalid" }));
    expect(importing(description)).toThrow(message);
  });
});
