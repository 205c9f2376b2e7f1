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

/** What the cards of several models say of the corpora that they have learned from, as one card says it. */
export function jointHistory(
  cards: readonly Pick<ModelCard, "provenance">[],
): Readonly<Record<string, unknown>> {
  const histories = cards.map(({ provenance }) => provenanceSchema.parse(provenance));
  const all = (key: "companions" | "adaptedOn" | "taughtOn") => {
    const names = [...new Set(histories.flatMap((history) => history[key]))];
    return names.length > 0 && { [key]: names };
  };
  const { corpus } = histories[0]!;
  return { corpus, ...all("companions"), ...all("adaptedOn"), ...all("taughtOn") };
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
