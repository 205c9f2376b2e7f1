/** A run folder that predicts arousal and valence, made up from a seed. */
import { writeDimensionPredictions } from "../../src/runs/dimension-predictions.ts";
import { appendMetrics } from "../../src/runs/epoch-metrics.ts";
import { foldFolder, writeFoldState, writeRunInfo, writeSplit } from "../../src/runs/run-folder.ts";
import { Random } from "../../src/shared/random.ts";

/** Rated from 1 to 5; predictions of arousal are near, those of valence far. */
export async function writeRatedRun(folder: string): Promise<void> {
  const facts = { seed: 1, protocol: "random" };
  const scale = { low: 1, high: 5 };
  await writeRunInfo(folder, {
    ...facts,
    format: 2,
    name: "rated",
    recipe: { target: "dimensions", model: { kind: "audio-cnn" } },
    folds: [1],
    corpus: "rated",
    labels: [],
    dimensions: [
      { name: "arousal", ...scale },
      { name: "valence", ...scale },
    ],
    versions: { undertone: "0.1.0", node: "20.20.2", onnxruntime: "1.30.0" },
    machine: { cpu: "made up", cores: 2, memoryGiB: 8 },
    startedAt: "2026-01-01T03:04:05.000Z",
    command: "undertone train rated --data rated.csv",
  });
  const random = new Random("rated");
  const test = Array.from({ length: 48 }, (_, clip) => {
    const actual = [random.uniform(1, 5), random.uniform(1, 5)];
    const predicted = [actual[0]! + random.normal() / 4, 3 + random.normal()];
    return { id: `clip-${clip}`, speakerId: String(clip % 6), actual, predicted };
  });
  const fold = foldFolder(folder, 1);
  const ids = test.map(({ id }) => id);
  await writeSplit(fold, { ...facts, fold: 1, train: [], validation: [], test: ids });
  for (const epoch of [1, 2, 3]) {
    const speed = { learningRate: 1e-3, seconds: 4, clipsPerSec: 270 };
    const [train, validation] = [{ loss: 1 / epoch }, { loss: 1.2 / epoch }];
    await appendMetrics(fold, { epoch, ...speed, train, validation });
  }
  await writeDimensionPredictions(fold, ["arousal", "valence"], { validation: [], test });
  await writeFoldState(fold, {
    finished: true,
    epochs: 3,
    bestEpoch: 3,
    seconds: 12,
    parameters: 1000,
    weightsSha256: "0".repeat(64),
  });
}
