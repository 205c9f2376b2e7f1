import { describe, expect, test } from "vitest";
import { floats, onnxModel, onnxNode } from "../../test/support/onnx-model.ts";
import { expectNear } from "../../test/support/networks.ts";
import { largestError, reference, referenceSignal } from "../../test/reference/features.ts";
import { syllables } from "../../test/sounds.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { elementCount, type Shape } from "../graph/tensor.ts";
import { Random } from "../shared/random.ts";
import { encoderFrames, layerOutput, speechEncoders } from "./encoder-layers.ts";
import { SpeechEncoder } from "./speech-encoder.ts";
import { WhisperInput, whisperFrontEnd, whisperPositions } from "./whisper-input.ts";

const { width } = speechEncoders["whisper-tiny"];
const positions = 200;

/** A file with the input, the table and the names of whisper-tiny's encoder, of one layer. */
function encoderFile(): Uint8Array {
  const random = new Random("tiny whisper");
  const drawn = (shape: Shape) =>
    floats(
      shape,
      Array.from({ length: elementCount(shape) }, () => random.normal() / 10),
    );
  return onnxModel({
    operatorSet: 14,
    inputs: { input_features: ["batch", 80, "frames"] },
    outputs: ["last_hidden_state"],
    initializers: {
      "conv2.weight": drawn([width, 80, 3]),
      [whisperPositions]: drawn([positions, width]),
    },
    nodes: [
      onnxNode("Conv", [["input_features", "conv2.weight"], ["conv2"]], {
        strides: [2],
        pads: [1, 1],
      }),
      onnxNode("Transpose", [["conv2"], ["/Transpose_output_0"]], { perm: [0, 2, 1] }),
      onnxNode("Add", [["/Transpose_output_0", whisperPositions], [layerOutput(-1, "whisper")]]),
      onnxNode("Tanh", [[layerOutput(-1, "whisper")], [layerOutput(0)]]),
      onnxNode("Identity", [[layerOutput(0)], ["last_hidden_state"]]),
    ],
  });
}

describe("what Whisper's encoder is fed", () => {
  test("is the log-mel spectrum, and as many positions as it has frames", async () => {
    const input = await WhisperInput.open(nodeRuntime, encoderFile());
    const feeds = await input.feeds(referenceSignal());
    await input.close();
    const { data, shape } = feeds["input_features"]!;
    expect(shape).toEqual([1, 80, 24]);
    expect(largestError(Array.from(data, Number), reference.whisperInput)).toBeLessThan(2e-3);
    expect(feeds[whisperPositions]!.shape).toEqual([12, width]);
  });

  test("is made by a graph with the positions of the longest clip", () => {
    const file = encoderFile();
    const [second, whole] = [1, 30].map((longest) => whisperFrontEnd(file, longest).bytes.length);
    const lessBytes = (positions - 50) * width * Float32Array.BYTES_PER_ELEMENT;
    expect(whole! - second!).toBeGreaterThanOrEqual(lessBytes);
  });

  test("cannot be made for another encoder", async () => {
    const other = onnxModel({
      operatorSet: 14,
      inputs: { x: [1] },
      outputs: ["y"],
      initializers: {},
      nodes: [onnxNode("Identity", [["x"], ["y"]])],
    });
    const opened = WhisperInput.open(nodeRuntime, other);
    await expect(opened).rejects.toMatchObject({ code: "model-invalid" });
  });
});

test("an encoder of Whisper encodes a clip at its own length", async () => {
  const options = { name: "whisper-tiny", layers: [0, -1], threads: 1 } as const;
  const encoder = await SpeechEncoder.open(nodeRuntime, encoderFile(), options);
  for (const seconds of [1, 2]) {
    const spoken = syllables(3, 16_000, { startSec: 0, endSec: seconds });
    const [layer, stem] = await encoder.encode(spoken, seconds);
    const most = encoderFrames("whisper-tiny", seconds * 16_000);
    expect(most).toBe(seconds * 50);
    expect(layer!.length / width).toBeLessThanOrEqual(most);
    expect(layer!.length / width).toBeGreaterThan(most * 0.7);
    expectNear(layer!, stem!.map(Math.tanh), 1e-6);
  }
  await encoder.close();
});
