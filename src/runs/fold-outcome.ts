import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fitTemperature } from "../evaluation/calibration.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import { fileError, systemCode } from "../shared/files.node.ts";
import type { Scores } from "../training/train.ts";
import { neutralLogits } from "./enrolled.ts";
import { epochScores } from "./classify.ts";
import type { Example } from "./examples.ts";
import type { FoldData } from "./fold-data.ts";
import { writePredictions } from "./predictions-file.ts";
import { writeCalibration } from "./run-folder.ts";

/** What is said of a fold's clips. */
export interface FoldAnswers {
  readonly validation: readonly Prediction[];
  readonly test: readonly Prediction[];
  /** The test side with worse words, by the name of the condition. */
  readonly robustnessTests: ReadonlyMap<string, readonly Prediction[]>;
}

/** What a fold's model reached, and how its probabilities are to be softened. */
export interface FoldOutcome {
  readonly scores: Readonly<Record<"validation" | "test", Scores | undefined>>;
  /** 1 where there was nothing to fit it on. */
  readonly temperature: number;
  /** What neutral speech gets of the validation side; absent where there is none. */
  readonly neutral?: readonly number[];
}

/** Folder of what a fold's model says of the test side under a condition. */
export function conditionFolder(foldFolder: string, condition: string): string {
  return join(foldFolder, "robustnessTests", condition);
}

/** The robustnessTests that a fold was judged under. */
export async function robustnessTestsOf(foldFolder: string): Promise<string[]> {
  const names = await readdir(join(foldFolder, "robustnessTests")).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return [];
    throw fileError(foldFolder, error);
  });
  return names.toSorted((a, b) => a.localeCompare(b, "en"));
}

/**
 * Asks a trained model about validation and test side, the latter under each condition too, and writes what it says.
 * @throws UndertoneError `disk-full`
 */
export async function evaluateFold(
  folder: string,
  { data, labels }: { readonly data: FoldData; readonly labels: readonly string[] },
  judge: (examples: readonly Example[]) => Promise<Prediction[]>,
): Promise<FoldOutcome> {
  const validation = await judge(data.examples.validation);
  const test = await judge(data.examples.test);
  const robustnessTests = new Map<string, readonly Prediction[]>();
  for (const [name, examples] of data.robustnessTests)
    robustnessTests.set(name, await judge(examples));
  return writeOutcome(folder, labels, { validation, test, robustnessTests });
}

/**
 * Writes what is said of a fold and, where there is something to fit it on, its temperature.
 * @throws UndertoneError `disk-full`
 */
export async function writeOutcome(
  folder: string,
  labels: readonly string[],
  { validation, test, robustnessTests }: FoldAnswers,
): Promise<FoldOutcome> {
  await writePredictions(folder, labels, { validation, test });
  for (const [name, worse] of robustnessTests) {
    await writePredictions(conditionFolder(folder, name), labels, { validation: [], test: worse });
  }
  const calibration = validation.length > 0 ? fitTemperature(validation) : undefined;
  if (calibration) await writeCalibration(folder, calibration);
  const temperature = calibration?.temperature ?? 1;
  const neutral = neutralLogits(validation, { labels, temperature });
  const scores = (side: readonly Prediction[]): Scores | undefined =>
    side.length > 0 ? epochScores(side, labels.length) : undefined;
  return {
    scores: { validation: scores(validation), test: scores(test) },
    temperature,
    ...(neutral && { neutral }),
  };
}
