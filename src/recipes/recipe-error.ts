import { z } from "zod";
import { UndertoneError } from "../shared/errors.ts";
import { nearest } from "../shared/nearest.ts";

/** Common names of settings in other tools and earlier versions, by ours. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  augmentation: ["sound", "augment", "augmentations"],
  batchSize: ["batch", "batch_size", "bs"],
  clipNorm: ["gradientClip", "max_grad_norm", "clip"],
  emaDecay: ["averageDecay", "ema"],
  epochs: ["epoch", "num_epochs", "n_epochs", "maxEpochs"],
  extraData: ["companions"],
  learningRate: ["lr", "learning_rate"],
  minFrequency: ["minimalCount", "min_freq"],
  maxVocabularySize: ["largestVocabulary", "vocab_size"],
  mixupAlpha: ["mixup"],
  optimizer: ["optimiser", "optim"],
  robustnessTests: ["conditions"],
  schedule: ["scheduler", "lr_scheduler"],
  seed: ["random_state"],
  views: ["copies"],
};

/** Returns the error that names each wrong key of a recipe, and the nearest right one. */
export function recipeError(error: z.ZodError, origin: string, schema: z.ZodType): UndertoneError {
  // Of two limits of one value, the last is the narrower.
  const issues = new Map(
    error.issues.map((issue) => [`${issue.path.join(".")} ${issue.code}`, issue]),
  );
  const lines = [...issues.values()].flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => unrecognized([...issue.path, key], schema));
    }
    const message = issue.message.replace(/^[A-Z][a-z ]+: (?=expected)/, ""); // "Invalid input: expected …"
    return [issue.path.length === 0 ? message : `${issue.path.join(".")}: ${message}`];
  });
  const message = `${origin} is not a recipe:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  return new UndertoneError("recipe-invalid", message, { cause: error });
}

/** Says that a recipe has no such key, and which was meant: the nearest one there, or else anywhere. */
function unrecognized(path: readonly PropertyKey[], schema: z.ZodType): string {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const known = keysAt(schema, parent);
  const here = nearest(key, known, synonyms);
  const places = new Map([...placesIn(schema)].toReversed());
  const there = here ?? nearest(key, [...places.keys()], synonyms);
  const meant = here === undefined ? places.get(there ?? "") : [...parent, here].join(".");
  const hint = meant === undefined ? `Known: ${known.join(", ")}.` : `Did you mean ${meant}?`;
  return `${path.join(".")}: unrecognized key. ${hint}`;
}

/** @yields each key that a recipe may have with its whole path */
function* placesIn(schema: z.core.$ZodType, parent = ""): Generator<[key: string, place: string]> {
  for (const [key, value] of objectsIn(schema).flatMap(({ shape }) => Object.entries(shape))) {
    yield [key, `${parent}${key}`];
    yield* placesIn(value, `${parent}${key}.`);
  }
}

/** Returns the keys that an object in a recipe may have. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const objects = objectsIn(schema);
  const [key, ...rest] = path.filter((step) => typeof step !== "number"); // objectsIn enters lists
  if (key === undefined) return [...new Set(objects.flatMap(({ shape }) => Object.keys(shape)))];
  const inner = objects.flatMap(({ shape }) => shape[String(key)] ?? []);
  return [...new Set(inner.flatMap((value) => keysAt(value, rest)))];
}

/** Returns the object schemas that a schema may stand for. */
function objectsIn(schema: z.core.$ZodType): z.ZodObject[] {
  if (schema instanceof z.ZodObject) return [schema];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(objectsIn);
  if (schema instanceof z.ZodArray) return objectsIn(schema.element);
  if (schema instanceof z.ZodPipe) return objectsIn(schema.in);
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional
  ) {
    return objectsIn(schema.unwrap());
  }
  return [];
}
