/** A run folder made up from a seed: what training writes, without training. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Prediction } from "../src/evaluation/prediction.ts";
import type { EpochMetrics } from "../src/runs/epoch-metrics.ts";
import { writePredictions } from "../src/runs/predictions-file.ts";
import {
  foldFolder,
  writeCalibration,
  writeFoldState,
  writeRunInfo,
  writeSplit,
} from "../src/runs/run-folder.ts";
import { fitTemperature } from "../src/evaluation/calibration.ts";
import { emotions } from "../src/shared/emotions.ts";
import { Random } from "../src/shared/random.ts";

interface SyntheticRun {
  readonly name?: string;
  readonly protocol?: string;
  readonly seed?: number;
  readonly speakers?: number;
  readonly clipsPerSpeaker?: number;
  readonly folds?: number;
  /** The last folds are still to come. */
  readonly unfinished?: number;
  readonly epochs?: number;
  /** How far the right logit stands out: 2 scores about 60 %. */
  readonly skill?: number;
  /** Put before every clip's id. */
  readonly idPrefix?: string;
}

/** Logits of a clip: the right one stands out, some pairs attract each other, voices differ. */
function logitsOf(random: Random, actual: number, skill: number): number[] {
  const attracted = { 0: 1, 1: 0, 2: 7, 5: 3 }[actual];
  return emotions.map(
    (_, label) =>
      random.normal() + (label === actual ? skill : 0) + (label === attracted ? 0.45 * skill : 0),
  );
}

function softmax(logits: readonly number[]): number[] {
  const weights = logits.map(Math.exp);
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

const idsOf = (split: readonly Prediction[]): string[] => split.map(({ id }) => id);

function epochsOf(random: Random, count: number): EpochMetrics[] {
  return Array.from({ length: count }, (_, index) => {
    const progress = 1 - Math.exp(-(index + 1) / 8);
    return {
      epoch: index + 1,
      learningRate: 1e-3,
      train: {
        loss: 2.1 + 0.02 * random.normal() - 1.5 * progress,
        unweightedAverageRecall: random.uniform(0.13, 0.16) + 0.75 * progress,
        macroF1: 0.1 + 0.75 * progress,
      },
      validation: {
        loss: 2.1 + 0.02 * random.normal() - 1.1 * progress + 0.25 * progress ** 6,
        unweightedAverageRecall: random.uniform(0.13, 0.16) + 0.45 * progress,
        macroF1: 0.1 + 0.45 * progress,
      },
      seconds: 4,
      clipsPerSec: 270,
    };
  });
}

/** Writes a whole run folder; the same options give the same bytes. */
export async function writeSyntheticRun(
  folder: string,
  {
    name = "synthetic",
    protocol = "emobox",
    seed = 1,
    speakers = 24,
    clipsPerSpeaker = 60,
    folds = 6,
    unfinished = 0,
    epochs = 30,
    skill = 2,
    idPrefix = "",
  }: SyntheticRun = {},
): Promise<void> {
  const foldNumbers = Array.from({ length: folds }, (_, index) => index + 1);
  await writeRunInfo(folder, {
    format: 2,
    name,
    recipe: { model: { kind: "audio-cnn" }, optimizer: { kind: "adamw", learningRate: 1e-3 } },
    seed,
    protocol,
    folds: foldNumbers,
    corpus: "synthetic",
    labels: [...emotions],
    versions: { undertone: "0.1.0", node: "20.20.2", onnxruntime: "1.30.0" },
    machine: { cpu: "made up", cores: 2, memoryGiB: 8 },
    startedAt: "2026-01-02T03:04:05.000Z",
    command: `undertone train audio-cnn --data corpus --seed ${seed}`,
  });
  const predictions = Array.from({ length: speakers }, (_, index) => {
    const speakerId = String(index + 1).padStart(2, "0");
    const random = new Random(seed, name, speakerId);
    const ability = skill * random.uniform(0.6, 1.3);
    return Array.from({ length: clipsPerSpeaker }, (_clip, clip): Prediction => {
      const actual = clip % emotions.length;
      return {
        id: `${idPrefix}${speakerId}-${clip}`,
        speakerId,
        sex: index % 2 === 0 ? "male" : "female",
        actual,
        probabilities: softmax(logitsOf(random, actual, ability).map((logit) => 1.7 * logit)),
      };
    });
  });
  for (const fold of foldNumbers.slice(0, folds - unfinished)) {
    const inFold = foldFolder(folder, fold);
    const test = predictions.filter((_, speaker) => speaker % folds === fold - 1).flat();
    const validation = predictions.filter((_, speaker) => speaker % folds === fold % folds).flat();
    await writeSplit(inFold, {
      protocol,
      fold,
      seed,
      train: [],
      validation: idsOf(validation),
      test: idsOf(test),
    });
    const metrics = epochsOf(new Random(seed, name, "epochs", fold), epochs);
    const lines = metrics.map((epoch) => `${JSON.stringify(epoch)}\n`);
    await mkdir(inFold, { recursive: true });
    await writeFile(join(inFold, "metrics.jsonl"), lines.join(""));
    await writePredictions(inFold, emotions, { validation, test });
    await writeCalibration(inFold, fitTemperature(validation));
    await writeFoldState(inFold, {
      finished: true,
      epochs,
      seconds: 4 * epochs,
      bestEpoch: Math.max(1, epochs - 5),
      parameters: 1_234_567,
      weightsSha256: createHash("sha256").update(`${name}${seed}${fold}`).digest("hex"),
    });
  }
}
