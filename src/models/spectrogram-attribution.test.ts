import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { whiteNoise } from "../../test/sounds.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { loadModel } from "./load-model.ts";
import { openSpectrogramAttribution } from "./spectrogram-attribution.ts";

const shipped = (name: string): Promise<Uint8Array> =>
  readFile(resolve(import.meta.dirname, `../../models/${name}.onnx`));

/** Logits over their mean, from calibrated probabilities. */
function centeredLogits(probabilities: Float32Array, temperature: number): number[] {
  const logs = Array.from(probabilities, (p) => temperature * Math.log(p));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  return logs.map((log) => log - mean);
}

test("contributions sum to what the window changes in the logit, against silence", async () => {
  const bytes = await shipped("small");
  const attribution = (await openSpectrogramAttribution(bytes, nodeRuntime))!;
  const model = await loadModel(bytes, nodeRuntime);
  const { card } = model;
  const length = card.windowSec * card.sampleRate;
  const window = whiteNoise(card.windowSec, card.sampleRate, 1).map(
    (x, n) => x * Math.sin((9 * n) / length) ** 8,
  );
  const [sounds, silent] = await model.predict([window, new Float32Array(length)]);
  const [after, before] = [sounds!, silent!].map(({ probabilities }) =>
    centeredLogits(probabilities, card.temperature),
  );
  const changes = after!.map((logit, k) => logit - before![k]!);
  const label = changes.indexOf(Math.max(...changes));
  const contributions = await attribution.of(window, label);
  const { nMels, frames } = attribution.frontEnd;
  expect(contributions).toHaveLength(nMels * frames);
  const sum = contributions.reduce((total, each) => total + each, 0);
  expect(Math.abs(sum - changes[label]!)).toBeLessThan(0.15 * changes[label]!);
  await Promise.all([attribution.close(), model.close()]);
});

test("a model that sees no mel bands has none", async () => {
  expect(await openSpectrogramAttribution(await shipped("default"), nodeRuntime)).toBeNull();
});
