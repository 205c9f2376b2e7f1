import type { Architecture } from "../models/definition.ts";
import type { Example } from "../models/example.ts";
import { distanceQuantiles, nearestClass, type OodReference } from "../models/ood-distance.ts";
import { fitClassGaussians } from "./class-gaussians.ts";
import type { TrainingExamples } from "./batches.ts";
import { rowsOf, type TrainedNetwork } from "./predict.ts";

/** Inputs of a network with words: without them its embedding would mean nothing. */
const textInputs = ["words", "sentence", "subwords"];

/**
 * Returns where a trained network's embeddings of its training data lie, and the distances of validation clips from there;
 * `undefined` for networks with words, and without validation clips.
 */
export async function fitDistances(
  { train, extra, validation }: TrainingExamples & { readonly validation: readonly Example[] },
  network: TrainedNetwork,
): Promise<OodReference | undefined> {
  const usesText = textInputs.some((name) => name in network.architecture.inputs);
  if (usesText || validation.length === 0) return undefined;
  const embedding: Architecture["build"] = (built, inputs) => {
    network.architecture.build(built, inputs);
    return built.embedding;
  };
  const learned = [...train, ...extra];
  const rows = await rowsOf(learned, network, embedding);
  const gaussians = fitClassGaussians({
    rows,
    width: rows.length / learned.length,
    labels: learned.map(({ label }) => label),
  });
  const distances = await rowsOf(validation, network, (built, inputs) =>
    nearestClass(embedding(built, inputs), gaussians),
  );
  return {
    distance: (vectors) => nearestClass(vectors, gaussians),
    card: { distances: distanceQuantiles(distances) },
  };
}
