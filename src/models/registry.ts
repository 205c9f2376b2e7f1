import { z } from "zod";
import { audioCnn } from "./audio-cnn.ts";
import { audioEncoder } from "./audio-encoder.ts";
import { audioTransformer } from "./audio-transformer.ts";
import type { ModelDefinition } from "./definition.ts";
import { fusionEarly } from "./fusion-early.ts";
import { fusionFeatures } from "./fusion-features.ts";
import { fusionGated } from "./fusion-gated.ts";
import { linearProbe } from "./linear-probe.ts";
import { textEncoder, textEncoderFineTuned } from "./text-encoder.ts";
import { textGru } from "./text-gru.ts";
import { textMajority } from "./text-majority.ts";
import { textTfidf } from "./text-tfidf.ts";
import { textTransformer } from "./text-transformer.ts";

/** The kinds of models that recipes can name. A new one is a file and a line here. */
export const models: readonly ModelDefinition[] = [
  audioCnn,
  audioTransformer,
  audioEncoder,
  linearProbe,
  textGru,
  textTransformer,
  textEncoder,
  textEncoderFineTuned,
  textTfidf,
  textMajority,
  fusionEarly,
  fusionFeatures,
  fusionGated,
];

/** A model as a recipe asks for it: its kind, and the options of that kind. */
export type ModelOptions = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** Returns the schema of all kinds' options, told apart by `kind`. */
export function modelSchema(definitions: readonly ModelDefinition[]) {
  const [first, ...others] = definitions.map(({ schema }) => schema);
  return z.discriminatedUnion("kind", [first!, ...others]).pipe(z.custom<ModelOptions>());
}
