import type { Architecture } from "../models/architectures.ts";
import type { Familiar } from "../models/bundle.ts";
import { distanceQuantiles, nearestClass } from "../models/familiarity.ts";
import { fitClassGaussians } from "../training/class-gaussians.ts";
import { rowsOf, type ClassifyOptions } from "./classify.ts";
import type { FoldExamples } from "./examples.ts";

/** Inputs of a network that is told what was said: without words its embedding would mean nothing. */
const ofWords = ["words", "sentence", "subwords"];

/**
 * What a trained network learned, as far as it usesAudio only: where embeddings of the training side and companions lie, and
 * how far from there validation clips do. `undefined` for other networks, and without validation clips.
 */
export async function foldFamiliarity(
  { train, companions, validation }: Omit<FoldExamples, "test">,
  options: ClassifyOptions,
): Promise<Familiar | undefined> {
  const reads = ofWords.some((name) => name in options.architecture.inputs);
  if (reads || validation.length === 0) return undefined;
  const embedding: Architecture["build"] = (network, inputs) => {
    options.architecture.build(network, inputs);
    return network.embedding;
  };
  const learned = [...train, ...companions];
  const rows = await rowsOf(learned, options, embedding);
  const gaussians = fitClassGaussians({
    rows,
    width: rows.length / learned.length,
    labels: learned.map(({ label }) => label),
  });
  const distances = await rowsOf(validation, options, (network, inputs) =>
    nearestClass(embedding(network, inputs), gaussians),
  );
  return { gaussians, distances: distanceQuantiles(distances) };
}
