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
  const lines = error.issues.flatMap((issue) => {
    const place = issue.path.join(".");
    if (issue.code !== "unrecognized_keys") {
      return [`${issue.message}${place === "" ? "" : ` (at ${place})`}`];
    }
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => {
      const guess = nearest(key, known, synonyms);
      const hint = guess === undefined ? `It has ${known.join(", ")}.` : `Did you mean "${guess}"?`;
      return `Unrecognized key "${key}"${place === "" ? "" : ` in ${place}`}. ${hint}`;
    });
  });
  const message = `${origin} is not a recipe:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  return new UndertoneError("recipe-invalid", message, { cause: error });
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
