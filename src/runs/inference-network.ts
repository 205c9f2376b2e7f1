import { trainedAdapter } from "../models/adapter.ts";
import type { Architecture } from "../models/architectures.ts";
import type { BundleParts } from "../models/bundle.ts";
import type { Weights } from "../models/network.ts";
import { givenLayers } from "../models/speech-encoder.ts";
import type { Adapters } from "./adapters.ts";
import { heardLayers, type NetworkRecipe } from "./recipe.ts";

interface Trained {
  readonly recipe: NetworkRecipe;
  readonly adapters: Adapters;
  readonly weights: Weights;
  /** The network of a recipe as it was trained. */
  readonly architectureOf: (recipe: NetworkRecipe) => Architecture;
}

/**
 * A network as its file has it. One that learned low-rank adapters is a head over an encoder that has them: the encoder's
 * own file multiplies, and the model's file carries what is added.
 */
export function inferenceNetwork({
  recipe,
  adapters,
  weights,
  architectureOf,
}: Trained): Pick<BundleParts, "architecture" | "heard"> {
  const { model } = recipe;
  const { encoders, longestSec } = heardLayers(recipe);
  if (model.kind !== "audio-encoder") return { architecture: architectureOf(recipe) };
  const { rank } = model.tuning;
  const isBeside = (tuned: number): boolean => rank !== undefined && tuned > 0;
  const servedTuned = (tuned: number): number => (isBeside(tuned) ? 0 : tuned);
  const served = model.encoders.map((heard) => ({ ...heard, tuned: servedTuned(heard.tuned) }));
  return {
    architecture: architectureOf({ ...recipe, model: { ...model, encoders: served } }),
    heard: {
      encoders: encoders.map(({ name, layers, tuned }) => {
        const adapter = isBeside(tuned)
          ? trainedAdapter(weights, name, rank!)
          : adapters[name]?.adapter;
        const given = givenLayers({ name, layers, tuned: servedTuned(tuned) });
        return { ...given, ...(adapter && { adapter }) };
      }),
      longestSec,
    },
  };
}
