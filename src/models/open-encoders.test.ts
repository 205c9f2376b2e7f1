import { describe, expect, onTestFinished, test, vi } from "vitest";
import { syllables } from "../../test/sounds.ts";
import { firstWeights } from "../../test/support/networks.ts";
import { tinyEncoderFile } from "../../test/support/speech-encoder.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { Session } from "../graph/session.ts";
import { architectureOf } from "./architectures.ts";
import { exportBundle } from "./bundle.ts";
import type { FrontEnd } from "./front-end.ts";
import { loadModel } from "./load-model.ts";
import { SpeechEncoder, type OpenEncoder } from "./speech-encoder.ts";

const labels = ["neutral", "happy", "sad"];
const encoder = { name: "moonshine-tiny", layers: [1, 3] } as const;
const heard = { encoders: [encoder], longestSec: 2 };
const architecture = architectureOf(
  {
    kind: "audio-encoder",
    encoders: [{ ...encoder, tuned: 0 }],
    longestSec: 2,
    tuning: { rate: 0.1, decay: 0.8 },
    hidden: 8,
    dropout: 0.5,
  },
  { classes: labels.length },
);
const card = { name: "trial", labels, temperature: 1, provenance: {} };
/** Of no use to a model without spectrograms. */
const frontEnd: FrontEnd = {
  sampleRate: 16_000,
  nFft: 512,
  winLength: 512,
  hopLength: 256,
  nMels: 16,
  fMin: 0,
  fMax: 8000,
  scale: "slaney",
  frames: 8,
  rangeDb: 80,
};
const file = exportBundle({
  architecture,
  frontEnd,
  heard,
  weights: firstWeights(architecture),
  card,
});

const openEncoder: OpenEncoder = (asked) =>
  SpeechEncoder.open(nodeRuntime, tinyEncoderFile(), { ...asked, threads: 1 });

const windows = [
  syllables(2, 16_000, { startSec: 0.2, endSec: 1.9 }),
  syllables(2, 16_000, { startSec: 0.7, endSec: 1.2 }),
  new Float32Array(32_000),
];

describe("a model that usesAudio through an encoder", () => {
  test("is released when the encoder cannot be had", async () => {
    const closed = vi.spyOn(Session.prototype, "close");
    onTestFinished(() => closed.mockRestore());
    const loading = loadModel(file, nodeRuntime, {
      openEncoder: () => Promise.reject(new Error("offline")),
    });
    await expect(loading).rejects.toThrow("offline");
    expect(closed).toHaveBeenCalledOnce();
  });

  test("says so in its card, and does not hold it", async () => {
    const model = await loadModel(file, nodeRuntime, { openEncoder });
    await model.close();
    expect(model.card).toEqual({
      ...card,
      sampleRate: 16_000,
      windowSec: 2,
      encoders: heard.encoders,
    });
    expect(file.length).toBeLessThan(60_000);
  });

  test("says the same of a window alone as of several, whatever their speech lasts", async () => {
    const model = await loadModel(file, nodeRuntime, { openEncoder, threads: 1 });
    const together = await model.judge(windows);
    for (const [index, window] of windows.entries()) {
      const [alone] = await model.judge([window]);
      for (const [label, value] of together[index]!.probabilities.entries()) {
        expect(alone!.probabilities[label]).toBeCloseTo(value, 5);
      }
    }
    await model.close();
    expect(together[0]).not.toEqual(together[1]);
  });

  test("is not loaded without one", async () => {
    await expect(loadModel(file, nodeRuntime)).rejects.toThrow(/moonshine-tiny needs openEncoder/);
  });
});
