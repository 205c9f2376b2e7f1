import { z } from "zod";
import type { ModelCard } from "../models/model-card.ts";

/** What training wrote; a file of other making may say less, or something else altogether. */
const provenanceSchema = z.object({
  corpus: z.string().optional().catch(undefined),
  companions: z.array(z.string()).catch([]),
  adaptedOn: z.array(z.string()).catch([]),
  taughtOn: z.array(z.string()).catch([]),
  recipe: z.record(z.string(), z.unknown()).catch({}),
});

const recipeSchema = z.object({
  seed: z.int().catch(0),
  features: z
    .object({ window: z.enum(["start", "speech"]).catch("speech") })
    .catch({ window: "speech" }),
});

/** How a model came about, as far as its file says. */
export interface Provenance {
  /** Names of the corpora, those that its encoders and its teachers heard too; none where it does not say. */
  readonly trainedOn: readonly string[];
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Where in a clip its window lay. */
  readonly window: "start" | "speech";
}

/** Reads what a model's card says of its training. */
export function readProvenance({ provenance }: Pick<ModelCard, "provenance">): Provenance {
  const { corpus, companions, adaptedOn, taughtOn, recipe } = provenanceSchema.parse(provenance);
  const besides = [...companions, ...adaptedOn, ...taughtOn];
  const { seed, features } = recipeSchema.parse(recipe);
  return {
    trainedOn: corpus === undefined ? [] : [...new Set([corpus, ...besides])],
    recipe,
    seed,
    window: features.window,
  };
}
