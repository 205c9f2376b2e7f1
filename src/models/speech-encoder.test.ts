import { describe, expect, test } from "vitest";
import { syllables } from "../../test/sounds.ts";
import { tinyEncoderFile } from "../../test/support/speech-encoder.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { encoderFrames, layersByFrame } from "./encoder-layers.ts";
import { openedAtUse, SpeechEncoder, type HiddenLayers } from "./speech-encoder.ts";

const sampleRate = 16_000;
const width = 288;
const spoken = syllables(3, sampleRate, { startSec: 0.8, endSec: 2.2 });

async function encoded(layers: readonly number[], samples: Float32Array): Promise<HiddenLayers> {
  const name = "moonshine-tiny";
  const options = { name, layers, threads: 1 } as const;
  const encoder = await SpeechEncoder.open(nodeRuntime, tinyEncoderFile(), options);
  const hidden = await encoder.encode(samples, 4);
  await encoder.close();
  return hidden;
}

describe("a speech encoder", () => {
  test("makes 41 frames of a second", () => {
    // As published: kernels 127, 7, 3 and strides 64, 3, 2.
    expect(
      [16_000, 32_000, 64_000].map((samples) => encoderFrames("moonshine-tiny", samples)),
    ).toEqual([40, 82, 165]);
    expect(encoderFrames("moonshine-tiny", 0)).toBe(encoderFrames("moonshine-tiny", 8000));
  });

  test("gives the layers that were asked for, in their order", async () => {
    const [fourth, first] = await encoded([4, 0], spoken);
    expect(await encoded([0, 4], spoken)).toEqual([first, fourth]);
    expect(fourth).toHaveLength(first!.length);
    expect(fourth).not.toEqual(first);
  });

  test("encodes the spoken part only, at one loudness", async () => {
    const [near] = await encoded([2], spoken);
    expect(Math.abs(near!.length / width / 41.7 - 1.6)).toBeLessThan(0.2);
    const [far] = await encoded(
      [2],
      spoken.map((sample) => sample * 0.01),
    );
    expect(far).toHaveLength(near!.length);
    for (const [i, value] of near!.entries()) expect(far![i]).toBeCloseTo(value, 3);
  });

  test("encodes the shortest sound, and silence", async () => {
    for (const samples of [new Float32Array(0), new Float32Array(100), spoken.subarray(0, 100)]) {
      const [layer] = await encoded([0], samples);
      expect(layer).toHaveLength(encoderFrames("moonshine-tiny", 8000) * width);
      expect(layer!.every(Number.isFinite)).toBe(true);
    }
  });

  test("is refused without the layers", async () => {
    const options = { name: "moonshine-tiny", layers: [9] } as const;
    const opened = SpeechEncoder.open(nodeRuntime, tinyEncoderFile(), options);
    await expect(opened).rejects.toMatchObject({ code: "model-invalid" });
  });
});

test("layers lie side by side at each frame", () => {
  const layers = [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)];
  expect([...layersByFrame(layers, 2)]).toEqual([1, 2, 5, 6, 3, 4, 7, 8]);
});

test("an encoder can be opened at its first use, and again where that failed", async () => {
  const calls: string[] = [];
  const encoder = openedAtUse(async () => {
    calls.push("open");
    if (calls.length === 1) throw new Error("no file");
    return {
      encode: async () => [],
      encodeWhole: async (part) => [part],
      close: async () => void calls.push("close"),
    };
  });
  expect(calls).toEqual([]);
  const part = Float32Array.of(1, 2);
  await expect(encoder.encodeWhole(part)).rejects.toThrow("no file");
  expect(await encoder.encodeWhole(part)).toEqual([part]);
  expect(await encoder.encode(part, 1)).toEqual([]);
  await encoder.close();
  expect(calls).toEqual(["open", "open", "close"]);
  await openedAtUse(() => Promise.reject(new Error("never asked"))).close();
});
