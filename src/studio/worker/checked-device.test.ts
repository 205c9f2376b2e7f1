import { expect, test } from "vitest";
import type { Recognizer, WebDevice } from "../../web/index.ts";
import { clip, openOnGpu, tolerance } from "./checked-device.ts";

const never = (): never => {
  throw new Error("not called");
};

/** A recognizer of one answer, which notes when it is closed. */
function recognizerOf(angry: number, closed: string[], name: string): Recognizer {
  const close = async (): Promise<void> => void closed.push(name);
  return {
    labels: ["calm", "angry"],
    transcriber: null,
    warnings: [],
    analyze: never,
    stream: never,
    enroll: never,
    close,
    [Symbol.asyncDispose]: close,
    classify: async ([sound]) => {
      expect(sound).toMatchObject({ sampleRate: 16_000 });
      return [
        [
          { label: "angry", score: angry },
          { label: "calm", score: 1 - angry },
        ],
      ];
    },
  };
}

function toolsOf(answers: Record<WebDevice, number>, adapter = true) {
  const closed: string[] = [];
  const open = async (device: WebDevice) => recognizerOf(answers[device], closed, device);
  return { closed, open, hasAdapter: async () => adapter };
}

test("the graphics card is used where it gives the processor's answer", async () => {
  const tools = toolsOf({ wasm: 0.7, webgpu: 0.7 + tolerance / 2 });
  expect(await openOnGpu(tools)).toMatchObject({ device: "webgpu", refusal: null });
  expect(tools.closed).toEqual(["wasm"]);
});

test.each([
  ["another answer", 0.7 + 2 * tolerance],
  ["no number", NaN],
])("%s is refused, and the processor stays", async (_, webgpu) => {
  const tools = toolsOf({ wasm: 0.7, webgpu });
  const { device, refusal } = await openOnGpu(tools);
  expect([device, refusal?.why]).toEqual(["wasm", "differs"]);
  expect(tools.closed).toEqual(["webgpu"]);
});

test("without an adapter, nothing is opened on it", async () => {
  const tools = toolsOf({ wasm: 0.7, webgpu: NaN }, false);
  expect((await openOnGpu(tools)).refusal).toEqual({ why: "no-adapter" });
  expect(tools.closed).toEqual([]);
});

test("one that cannot be opened there stays on the processor", async () => {
  const tools = toolsOf({ wasm: 0.7, webgpu: 0 });
  const open = (device: WebDevice) =>
    device === "wasm" ? tools.open(device) : Promise.reject(new Error("device lost"));
  const { device, refusal } = await openOnGpu({ ...tools, open });
  expect([device, refusal]).toEqual(["wasm", { why: "failed", message: "device lost" }]);
});

test("the built-in clip is two seconds within full scale", () => {
  const samples = clip();
  expect(samples).toHaveLength(32_000);
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(peak).toBeGreaterThan(0.2);
  expect(peak).toBeLessThan(1);
});
