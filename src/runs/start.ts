import { TensorProto_DataType } from "onnx-buf";
import type { Split } from "../datasets/splits.ts";
import { decodeTensor } from "../graph/import/decode-tensor.ts";
import { parseOnnx, type OnnxFile } from "../graph/import/onnx-file.ts";
import type { Network, Weights } from "../models/network.ts";
import { foldModel, type Learner } from "./fold-model.ts";
import { membersOf } from "./fuse-runs.ts";
import { UndertoneError } from "../shared/errors.ts";
import { readProvenance } from "./provenance.ts";
import { startOf } from "./recipe.ts";
import type { TrainingRequest } from "./training-request.ts";

/** What another run has learned, for a network to begin with. */
export interface Start {
  readonly name: string;
  readonly model: OnnxFile;
  /** Names of the corpora that it was trained on. */
  readonly trainedOn: readonly string[];
}

/**
 * The model that a recipe starts from, of the same fold; undefined where it has no start.
 * @throws UndertoneError as `foldModel`, and `split-leaks` when the start has learned from the fold's validation side
 */
export async function readStart(
  split: Split,
  { request, ...learner }: Learner & { readonly request: TrainingRequest },
): Promise<Start | undefined> {
  const start = startOf(request.recipe);
  if (!start) return undefined;
  const [run] = membersOf(start, request.runFolder);
  const { bytes, card, learned } = await foldModel(run!.runFolder, split, learner);
  const heard = new Set(learned);
  if (split.validation.some((id) => heard.has(id))) {
    throw new UndertoneError(
      "split-leaks",
      `The run ${run!.runFolder}, to start from, has learned from clips that fold ${split.fold} keeps for validation. Train it on the same data.`,
    );
  }
  return {
    name: run!.recipe.name,
    model: parseOnnx(bytes),
    trainedOn: readProvenance(card).trainedOn,
  };
}

/** Those of a network's weights that a model has too, in the same shape. */
export function sharedWeights({ weights }: Network, { model }: Start): Weights {
  const shared = new Map<string, Float32Array>();
  for (const [name, { shape }] of weights) {
    const tensor = model.initializers.get(name);
    if (tensor?.dataType !== TensorProto_DataType.FLOAT) continue;
    if (tensor.dims.map(Number).join() !== shape.join()) continue;
    shared.set(name, Float32Array.from(decodeTensor(tensor).values));
  }
  return shared;
}
