import { TensorProto_DataType } from "onnx-buf";
import type { Split } from "../datasets/splits.ts";
import { decodeTensor } from "../graph/import/decode-tensor.ts";
import { parseOnnx, type OnnxFile } from "../graph/import/onnx-file.ts";
import type { Network, Weights } from "../models/network.ts";
import { UndertoneError } from "../shared/errors.ts";
import { contentHash } from "./feature-cache.ts";
import {
  corporaOf,
  foldFolder,
  readFoldModel,
  readRunInfo,
  readSplit,
  type RunInfo,
} from "./run-folder.ts";

/** Returns the weights that a network begins with, as far as there are some for it. */
export type FirstWeights = (network: Network) => Weights;

/** A run whose weights another begins with (a warm start). */
export interface InitialRun {
  /** As `run.json` of the new run records it. */
  readonly record: NonNullable<RunInfo["initFrom"]>;
  /**
   * Resolves to the weights that a fold begins with: of a run on the same corpus those of the same fold, of a run on others
   * those of its first.
   * @throws UndertoneError `split-leaks` when they were trained on clips that the fold validates or tests with, `run-invalid`
   * when they are missing
   */
  weightsFor(split: Split, corpora: readonly string[]): Promise<FirstWeights>;
}

/**
 * Reads the run to begin with.
 * @throws UndertoneError `file-not-found`, `run-invalid` where it holds no model
 */
export async function readInitialRun(runFolder: string): Promise<InitialRun> {
  const info = await readRunInfo(runFolder);
  const hashes: string[] = [];
  for (const fold of info.folds) {
    const bytes = await readFoldModel(runFolder, fold);
    if (bytes) hashes.push(contentHash(bytes));
  }
  if (hashes.length === 0) {
    throw new UndertoneError("run-invalid", `${runFolder} holds no model to begin with.`);
  }
  const sha256 = contentHash(Buffer.from(hashes.join()));
  const record = { name: info.name, corpora: corporaOf(info), sha256 };
  return {
    record,
    async weightsFor(split, corpora) {
      const isSameCorpus = corpora.some((corpus) => record.corpora.includes(corpus));
      const fold = isSameCorpus && info.folds.includes(split.fold) ? split.fold : info.folds[0]!;
      if (isSameCorpus) {
        const trainedOn = info.corpora ?? [info.corpus];
        const trained = { folder: foldFolder(runFolder, fold), trainedOn, corpora };
        await assertNotTrainedOn(split, trained);
      }
      const bytes = await readFoldModel(runFolder, fold);
      if (bytes === undefined) {
        const problem = `${runFolder} has no model of fold ${fold} to begin with.`;
        throw new UndertoneError("run-invalid", problem);
      }
      const model = parseOnnx(bytes);
      return (network) => sharedWeights(network, model);
    },
  };
}

interface TrainedFold {
  /** Of the fold that was trained. */
  readonly folder: string;
  readonly trainedOn: readonly string[];
  readonly corpora: readonly string[];
}

async function assertNotTrainedOn(
  { fold, validation, test }: Split,
  { folder, trainedOn, corpora }: TrainedFold,
): Promise<void> {
  const trained = new Set(qualified((await readSplit(folder)).train, trainedOn));
  if (!qualified([...validation, ...test], corpora).some((id) => trained.has(id))) return;
  throw new UndertoneError(
    "split-leaks",
    `${folder} was trained on clips that fold ${fold} keeps for validation or test. ` +
      "Give --init-from a run with the same protocol and seed.",
  );
}

/** Ids as a run of several corpora has them. */
const qualified = (ids: readonly string[], corpora: readonly string[]): readonly string[] =>
  corpora.length > 1 ? ids : ids.map((id) => `${corpora[0]}/${id}`);

/**
 * Returns those of a network's weights that a model has too, in the same shape.
 * @throws UndertoneError `run-invalid` when there are none
 */
function sharedWeights({ weights }: Network, model: OnnxFile): Weights {
  const shared = new Map<string, Float32Array>();
  for (const [name, { shape }] of weights) {
    const tensor = model.initializers.get(name);
    if (tensor?.dataType !== TensorProto_DataType.FLOAT) continue;
    if (tensor.dims.map(Number).join() !== shape.join()) continue;
    shared.set(name, Float32Array.from(decodeTensor(tensor).values));
  }
  if (shared.size > 0) return shared;
  throw new UndertoneError(
    "run-invalid",
    "The run of --init-from shares no weight with this recipe's network: no name and shape agree.",
  );
}
