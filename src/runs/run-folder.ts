import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { combinationMethods } from "../models/combination.ts";
import { knownRecipe } from "../recipes/recipe.ts";
import { dimensionNames } from "../shared/dimensions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { readText, readWholeFile, writeFileAtomically } from "../shared/files.node.ts";

/** More than speakers of any corpus. */
const maxFolds = 10_000;

const count = z.int().nonnegative();

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const corporaSchema = z.array(z.string()).min(1).optional();

const dimensionSchema = z.strictObject({
  name: z.enum(dimensionNames),
  low: z.number(),
  high: z.number(),
});

const runInfoFields = z.strictObject({
  format: z.literal(2),
  name: z.string().min(1),
  /** The resolved recipe: every default written out. */
  recipe: z.record(z.string(), z.unknown()),
  seed: z.int(),
  protocol: z.string().min(1),
  folds: z.array(z.int().positive()).min(1).max(maxFolds),
  corpus: z.string(),
  /** Where it is made of corpora of other names: these, in the order of the folds of `leave-one-corpus-out`. */
  corpora: corporaSchema,
  /** Labels of the corpora and what each was read as; an empty one was left out. */
  labelMap: z.record(z.string(), z.string()).optional(),
  /** Of the ids, labels, words and sounds of its clips. */
  corpusSha256: sha256Schema.optional(),
  /** Auxiliary corpora that were added to the training split. */
  extraData: z
    .array(
      z.strictObject({
        corpus: z.string(),
        corpora: corporaSchema,
        clips: count,
        sha256: sha256Schema,
        /** Speech without labels, which counts as neutral. */
        ordinarySpeech: z.literal(true).optional(),
        /** Sounds in which nobody speaks. */
        notSpeech: z.literal(true).optional(),
      }),
    )
    .optional(),
  /** Folders of noise that augmented views were mixed with. */
  noise: z
    .array(z.strictObject({ corpus: z.string(), recordings: count, sha256: sha256Schema }))
    .optional(),
  /** The run whose weights training began with. */
  initFrom: z
    .strictObject({ name: z.string(), corpora: z.array(z.string()), sha256: sha256Schema })
    .optional(),
  /** Of a combined run: its method, and the runs that it combines, by paths relative to its own folder. */
  combined: z
    .strictObject({
      method: z.enum(combinationMethods),
      members: z
        .array(
          z.strictObject({
            name: z.string(),
            runFolder: z.string(),
            kind: z.string(),
            seed: z.int(),
          }),
        )
        .min(2),
    })
    .optional(),
  /** None where dimensions are predicted. */
  labels: z.array(z.string().min(1)),
  /** There where they are predicted: the dimensions, each with the scale of its ratings. */
  dimensions: z.array(dimensionSchema).min(1).optional(),
  /** There where a finished model was tested on a corpus that it was not trained on. */
  tested: z
    .strictObject({
      /** As the model's file says; empty where it does not. */
      trainedOn: z.array(z.string()),
      /** The emotions that the model tells apart; those that the corpus has too are `labels`. */
      knownLabels: z.array(z.string()),
      /** Of a model of dimensions: all that it predicts, with the scales of its training. */
      knownDimensions: z.array(dimensionSchema).optional(),
      /** Of the model's file. */
      sha256: sha256Schema,
      /** Clips without a prediction. */
      leftOut: z.array(z.strictObject({ reason: z.string(), count })),
    })
    .optional(),
  versions: z.record(z.string(), z.string()),
  /** Facts such as `cpu`, `cores`, `memory`, `platform`. */
  machine: z.record(z.string(), z.union([z.string(), z.number()])),
  /** ISO 8601. */
  startedAt: z.iso.datetime(),
  command: z.string(),
});

const runInfoSchema = runInfoFields.refine(
  ({ labels, dimensions }) => labels.length > 1 || dimensions !== undefined,
  "fewer than two labels",
);

const splitSchema = z.strictObject({
  protocol: z.string().min(1),
  fold: z.int().positive(),
  seed: z.int(),
  train: z.array(z.string()).readonly(),
  validation: z.array(z.string()).readonly(),
  test: z.array(z.string()).readonly(),
});

const calibrationSchema = z.strictObject({
  temperature: z.number().positive(),
  /** Absent where a finished model was tested, which had its temperature before. */
  validationLoss: z.number().optional(),
});

const foldStateSchema = z.strictObject({
  finished: z.literal(true),
  epochs: count,
  seconds: z.number().nonnegative(),
  bestEpoch: count.optional(),
  /** Trainable numbers in the model. */
  parameters: count.optional(),
  weightsSha256: sha256Schema,
  /** Mean weight of words in a gated model, in the test split and each robustness test. */
  wordWeights: z.record(z.string(), z.number()).optional(),
});

/** `run.json`: what was run, on what, with what. */
export type RunInfo = z.infer<typeof runInfoSchema>;
/** `fold-<k>/split.json`: the clip ids of each split. */
export type FoldSplit = z.infer<typeof splitSchema>;
/** `fold-<k>/calibration.json`: the temperature fitted on validation, and the loss there with it. */
export type FoldCalibration = z.infer<typeof calibrationSchema>;
/** `fold-<k>/fold.json`: there once the fold has finished. */
export type FoldState = z.infer<typeof foldStateSchema>;

/** Returns the names of the corpora that a run was trained on, those of its warm start included. */
export function corporaOf({
  corpus,
  corpora = [corpus],
  extraData = [],
  initFrom,
}: RunInfo): string[] {
  const extra = extraData.flatMap((data) => data.corpora ?? [data.corpus]);
  return [...new Set([...corpora, ...extra, ...(initFrom?.corpora ?? [])])];
}

/** The folder of one fold in a run folder. */
export function foldFolder(runFolder: string, fold: number): string {
  return join(runFolder, `fold-${fold}`);
}

/** What helps where a finished fold is no longer whole. */
export const retrained = (folder: string): string =>
  `Remove ${folder}, and the fold is trained again.`;

/** Where the model of a fold lies, in the fold's folder. */
export function modelFile(folder: string): string {
  return join(folder, "model.onnx");
}

/** The model of a run's fold, if the run keeps one. @throws UndertoneError `file-unreadable` */
export async function readFoldModel(
  runFolder: string,
  fold: number,
): Promise<Uint8Array | undefined> {
  return readWholeFile(modelFile(foldFolder(runFolder, fold))).catch((error: unknown) => {
    if (error instanceof UndertoneError && error.code === "file-not-found") return undefined;
    throw error;
  });
}

/** Returns what helps where a file of a run folder is damaged. */
function remedyOf(path: string): string {
  const folder = dirname(path);
  return /^fold-\d+$/.test(basename(folder))
    ? retrained(folder)
    : "Bring it back, or train into another folder by --out.";
}

/**
 * Reads a JSON file of a run folder and checks it against its schema.
 * @throws UndertoneError `file-not-found`, `file-unreadable`, or `run-invalid` naming file and field
 */
export async function readRunFile<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(path);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new UndertoneError(
      "run-invalid",
      `${path} is not JSON: it was edited or truncated. ${remedyOf(path)}`,
      { cause },
    );
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new UndertoneError(
    "run-invalid",
    `${path} is not what a run folder holds:\n${z.prettifyError(parsed.error)}\n${remedyOf(path)}`,
    { cause: parsed.error },
  );
}

const writeJson = (path: string, content: unknown): Promise<void> =>
  writeFileAtomically(path, `${JSON.stringify(content, undefined, 2)}\n`);

/** Writes `run.json`, making the run folder. @throws UndertoneError `disk-full`, `file-unreadable` */
export async function writeRunInfo(runFolder: string, info: RunInfo): Promise<void> {
  await writeJson(join(runFolder, "run.json"), runInfoSchema.parse(info));
}

/**
 * Reads `run.json`; settings of its recipe that are younger than the run have their defaults.
 * @throws UndertoneError `file-not-found` where the folder is no run folder, `run-invalid`
 */
export async function readRunInfo(runFolder: string): Promise<RunInfo> {
  try {
    const info = await readRunFile(join(runFolder, "run.json"), runInfoSchema);
    return { ...info, recipe: (await knownRecipe(info.recipe)) ?? info.recipe };
  } catch (error) {
    if (!(error instanceof UndertoneError) || error.code !== "file-not-found") throw error;
    throw new UndertoneError(
      "file-not-found",
      `${runFolder} is not a run folder: it has no run.json. Give the folder that "undertone train" wrote.`,
      { cause: error },
    );
  }
}

/** Writes `split.json` of a fold. @throws UndertoneError `disk-full`, `file-unreadable` */
export async function writeSplit(folder: string, split: FoldSplit): Promise<void> {
  await writeJson(join(folder, "split.json"), split);
}

/** Reads `split.json` of a fold. @throws UndertoneError `file-not-found`, `run-invalid` */
export function readSplit(folder: string): Promise<FoldSplit> {
  return readRunFile(join(folder, "split.json"), splitSchema);
}

/** Writes `calibration.json` of a fold. @throws UndertoneError `disk-full`, `file-unreadable` */
export async function writeCalibration(folder: string, fitted: FoldCalibration): Promise<void> {
  await writeJson(join(folder, "calibration.json"), fitted);
}

/** Reads `calibration.json` of a fold. @throws UndertoneError `file-not-found`, `run-invalid` */
export function readCalibration(folder: string): Promise<FoldCalibration> {
  return readRunFile(join(folder, "calibration.json"), calibrationSchema);
}

/** Marks a fold as finished. @throws UndertoneError `disk-full`, `file-unreadable` */
export async function writeFoldState(folder: string, state: FoldState): Promise<void> {
  await writeJson(join(folder, "fold.json"), state);
}

/** Reads `fold.json`; `undefined` while the fold has not finished. @throws UndertoneError `run-invalid` */
export async function readFoldState(folder: string): Promise<FoldState | undefined> {
  try {
    return await readRunFile(join(folder, "fold.json"), foldStateSchema);
  } catch (error) {
    if (error instanceof UndertoneError && error.code === "file-not-found") return undefined;
    throw error;
  }
}
