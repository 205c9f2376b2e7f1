import { z } from "zod";
import type { ModelDefinition } from "./definition.ts";

/** The kinds of models that recipes can name, each loaded once one does. A new kind is a file and a line here. */
const kinds: Readonly<Record<string, () => Promise<ModelDefinition>>> = {
  "audio-cnn": async () => (await import("./audio-cnn.ts")).audioCnn,
  "audio-transformer": async () => (await import("./audio-transformer.ts")).audioTransformer,
  "audio-encoder": async () => (await import("./audio-encoder.ts")).audioEncoder,
  "linear-probe": async () => (await import("./linear-probe.ts")).linearProbe,
  "functionals-probe": async () => (await import("./functionals-probe.ts")).functionalsProbe,
  "text-gru": async () => (await import("./text-gru.ts")).textGru,
  "text-transformer": async () => (await import("./text-transformer.ts")).textTransformer,
  "text-encoder": async () => (await import("./text-encoder.ts")).textEncoder,
  "text-encoder-fine-tuned": async () => (await import("./text-encoder.ts")).textEncoderFineTuned,
  "text-tfidf": async () => (await import("./text-tfidf.ts")).textTfidf,
  "text-majority": async () => (await import("./text-majority.ts")).textMajority,
  "fusion-early": async () => (await import("./fusion-early.ts")).fusionEarly,
  "fusion-features": async () => (await import("./fusion-features.ts")).fusionFeatures,
  "fusion-gated": async () => (await import("./fusion-gated.ts")).fusionGated,
};

/** A model as a recipe asks for it: its kind, and the options of that kind. */
export type ModelOptions = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** Resolves to the definitions of all kinds of models. */
export function allModels(): Promise<ModelDefinition[]> {
  return Promise.all(Object.values(kinds).map((load) => load()));
}

/** Resolves to the definition of a kind of model; `undefined` where there is no such kind. */
export async function modelOfKind(kind: unknown): Promise<ModelDefinition | undefined> {
  return typeof kind === "string" && Object.hasOwn(kinds, kind) ? kinds[kind]?.() : undefined;
}

/** Returns the schema of the options of these kinds, told apart by `kind`. */
export function modelSchema(definitions: readonly ModelDefinition[]) {
  const [first, ...others] = definitions.map(({ schema }) => schema);
  return z.discriminatedUnion("kind", [first!, ...others]).pipe(z.custom<ModelOptions>());
}
