import { create, toBinary } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  type ModelProto,
} from "onnx-buf";
import { expect, test } from "vitest";
import { rotaryEncoder } from "../../../test/support/onnx-encoders.ts";
import { Random } from "../../shared/random.ts";
import { UndertoneError } from "../../shared/errors.ts";
import { decodeModel } from "../model-proto.ts";
import { input } from "../tensor.ts";
import { importGraph } from "./import-graph.ts";
import { parseOnnx } from "./onnx-file.ts";

const bytes = rotaryEncoder();

function importing(file: Uint8Array): void {
  importGraph(parseOnnx(file), { inputs: { wave: input("wave", [1, 19]) }, outputs: ["output"] });
}

/** Names can be damaged too: then it is a RangeError that the input or output asked for is not there. */
function outcomeOf(file: Uint8Array): unknown {
  try {
    importing(file);
    return "expected";
  } catch (error) {
    return error instanceof UndertoneError || error instanceof RangeError ? "expected" : error;
  }
}

function changed(change: (model: ModelProto) => void): Uint8Array {
  const model = decodeModel(bytes);
  change(model);
  return toBinary(ModelProtoSchema, model);
}

test("a file that is truncated anywhere is refused", () => {
  for (let length = 0; length < bytes.length; length += 7) {
    expect(() => importing(bytes.subarray(0, length))).toThrow(
      expect.objectContaining({ code: "model-invalid" }),
    );
  }
});

test("what is no ONNX model is refused", () => {
  for (const text of [
    "",
    "<!doctype html><title>404</title>",
    '{"error":"not found"}',
    "RIFF....WAVE",
  ]) {
    expect(() => importing(new TextEncoder().encode(text))).toThrow(
      expect.objectContaining({ code: "model-invalid" }),
    );
  }
});

test("damaged bytes are read, or refused with what is wrong; nothing else happens", () => {
  const random = new Random("damage");
  for (let round = 0; round < 500; round++) {
    const damaged = bytes.slice();
    for (let change = 0; change < 3; change++) {
      damaged[random.integer(damaged.length)] = random.integer(256);
    }
    expect(outcomeOf(damaged)).toBe("expected");
  }
});

test.each([
  [
    "external data",
    { dataLocation: TensorProto_DataLocation.EXTERNAL },
    /filters lies in a file of its own/,
  ],
  [
    "half floats",
    { dataType: TensorProto_DataType.FLOAT16 },
    /filters has elements of type FLOAT16/,
  ],
  ["fewer values than its shape", { dims: [4n, 1n, 6n] }, /\[4, 1, 6\], but has 20 values/],
  ["lengths beyond any memory", { dims: [2n ** 60n, 2n ** 60n] }, /but has 20 values/],
  ["a negative length", { dims: [-4n, -5n] }, /but has 20 values/],
  ["half a value at its end", { rawData: new Uint8Array(79) }, /but has 19 values/],
])("a weight with %s is refused", (_, fields, message) => {
  const file = changed(({ graph }) => {
    const index = graph!.initializer.findIndex(({ name }) => name === "filters");
    graph!.initializer[index] = create(TensorProtoSchema, {
      ...graph!.initializer[index]!,
      ...fields,
    });
  });
  expect(() => importing(file)).toThrow(expect.objectContaining({ code: "model-invalid" }));
  expect(() => importing(file)).toThrow(message);
});

test("two nodes that make one tensor are refused", () => {
  const file = changed(({ graph }) => graph!.node.push(graph!.node[0]!));
  expect(() => parseOnnx(file)).toThrow(/Two nodes of the model make channel/);
});

test("a chain longer than the call stack is followed", () => {
  const file = changed(({ graph }) => {
    const [first] = graph!.node.filter(({ opType }) => opType === "Neg");
    graph!.node = Array.from({ length: 30_000 }, (_, index) => ({
      ...first!,
      name: "",
      input: [index === 0 ? "wave" : `x${index - 1}`],
      output: [index === 29_999 ? "output" : `x${index}`],
    }));
  });
  expect(() => importing(file)).not.toThrow();
});
