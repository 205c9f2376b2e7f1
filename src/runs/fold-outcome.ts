import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fitTemperature } from "../evaluation/calibration.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import type { OrdinarySpeech } from "../models/ordinary-speech.ts";
import { fileError, systemCode } from "../shared/files.node.ts";
import { emotionScores } from "../training/objective.ts";
import type { Scores } from "../training/train.ts";
import type { ClipExample } from "./clip-example.ts";
import { voiceCalibration } from "./fit-ordinary.ts";
import type { FoldData } from "./fold-data.ts";
import { writePredictions } from "./predictions-file.ts";
import { writeCalibration } from "./run-folder.ts";

/** The predictions of a fold's clips. */
export interface FoldPredictions {
  readonly validation: readonly Prediction[];
  readonly test: readonly Prediction[];
  /** Of the test split with simulated transcription errors, by the name of the robustness test. */
  readonly robustnessTests: ReadonlyMap<string, readonly Prediction[]>;
}

/** What a fold's model reached, and its calibration. */
export interface FoldOutcome {
  readonly scores: Readonly<Record<"validation" | "test", Scores | undefined>>;
  /** 1 where there was nothing to fit it on. */
  readonly temperature: number;
  /** Mean centered logits of neutral validation clips; absent where there are none. */
  readonly neutral?: readonly number[];
  /** How predictions become those of ordinary speech; absent where no validation speaker has neutral and other clips. */
  readonly ordinary?: OrdinarySpeech;
  /** Of validation, then test. */
  readonly predictions: readonly Prediction[];
}

const testsFolder = "robustness-tests";

/** Returns the folder of a fold's predictions in a robustness test. */
export function robustnessFolder(foldFolder: string, test: string): string {
  return join(foldFolder, testsFolder, test);
}

/** Returns the names of the robustness tests of a fold. */
export async function robustnessTestsOf(foldFolder: string): Promise<string[]> {
  const names = await readdir(join(foldFolder, testsFolder)).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return [];
    throw fileError(foldFolder, error);
  });
  return names.toSorted((a, b) => a.localeCompare(b, "en"));
}

/**
 * Predicts the validation and test splits of a fold, the latter in each robustness test too, and writes the predictions.
 * @throws UndertoneError `disk-full`
 */
export async function evaluateFold(
  folder: string,
  { data, labels }: { readonly data: FoldData; readonly labels: readonly string[] },
  predict: (examples: readonly ClipExample[]) => Promise<readonly (readonly number[])[]>,
): Promise<FoldOutcome> {
  const predictionsOf = async (examples: readonly ClipExample[]): Promise<Prediction[]> => {
    const rows = await predict(examples);
    return examples.map((example, row) => predictionOf(example, rows[row]!));
  };
  const validation = await predictionsOf(data.validation);
  const test = await predictionsOf(data.test);
  const robustnessTests = new Map<string, readonly Prediction[]>();
  for (const [name, examples] of data.robustnessTests)
    robustnessTests.set(name, await predictionsOf(examples));
  return writeOutcome(folder, labels, { validation, test, robustnessTests });
}

function predictionOf(
  { clip: { id, speakerId, sex }, label }: ClipExample,
  probabilities: readonly number[],
): Prediction {
  return { id, speakerId, ...(sex !== undefined && { sex }), actual: label, probabilities };
}

/**
 * Writes a fold's predictions and, where there is something to fit it on, its temperature.
 * @throws UndertoneError `disk-full`
 */
export async function writeOutcome(
  folder: string,
  labels: readonly string[],
  { validation, test, robustnessTests }: FoldPredictions,
): Promise<FoldOutcome> {
  await writePredictions(folder, labels, { validation, test });
  for (const [name, worse] of robustnessTests) {
    await writePredictions(robustnessFolder(folder, name), labels, { validation: [], test: worse });
  }
  const calibration = validation.length > 0 ? fitTemperature(validation) : undefined;
  if (calibration) await writeCalibration(folder, calibration);
  const temperature = calibration?.temperature ?? 1;
  const voices = voiceCalibration([validation], { labels, temperature });
  const scores = (predictions: readonly Prediction[]): Scores | undefined =>
    predictions.length > 0 ? emotionScores(predictions, labels.length) : undefined;
  return {
    scores: { validation: scores(validation), test: scores(test) },
    temperature,
    ...voices,
    predictions: [...validation, ...test],
  };
}
