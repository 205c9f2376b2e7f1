import { z } from "zod";
import { codecs } from "../audio/augmentation/codec-names.ts";
import { protocolNames } from "../datasets/protocols.ts";
import { earlyStoppingMetrics } from "../evaluation/metrics.ts";
import type { ModelDefinition, SpeechEncoders } from "../models/definition.ts";
import { count, range, share } from "../models/options.ts";
import { allModels, modelOfKind, modelSchema, type ModelOptions } from "../models/registry.ts";
import type { SentenceEncoderName } from "../models/sentence-encoders.ts";
import { targets } from "../shared/dimensions.ts";
import { isObject } from "../shared/is-object.ts";
import { isReservedName } from "../shared/paths.ts";
import { recipeError } from "./recipe-error.ts";

/** Names of recipes and runs, which become folders. */
export const recipeName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+-]*$/, "lower-case letters, digits, hyphens and plus signs")
  .refine((name) => !isReservedName(name), "Windows has no folder of this name");

const features = z.strictObject({
  sampleRate: z.int().positive().max(192_000).default(16_000).describe("Hz"),
  nFft: count.default(1024).describe("Length of the FFT in samples"),
  winLength: count.default(1024).describe("Length of the Hann window in samples"),
  hopLength: count.default(256).describe("Samples from one frame to the next"),
  nMels: count.default(128).describe("Mel bands"),
  fMin: z
    .number()
    .nonnegative()
    .max(96_000)
    .default(0)
    .describe("Lowest frequency of the mel bands, Hz"),
  fMax: z
    .number()
    .positive()
    .max(96_000)
    .default(8000)
    .describe("Highest frequency of the mel bands, Hz"),
  scale: z.enum(["slaney", "htk"]).default("slaney").describe("Formula of the mel scale"),
  frames: count.default(256).describe("Frames of the spectrogram; it is padded or cropped to them"),
  rangeDb: z
    .number()
    .positive()
    .max(1000)
    .default(80)
    .describe("Decibels below the loudest point that become 0"),
  nMfcc: count.optional().describe("With a number: that many MFCCs in place of the mel bands"),
  window: z
    .enum(["start", "speech"])
    .default("start")
    .describe("Where the window lies in a clip: at its start, or centered on the speech"),
});

const words = z.strictObject({
  length: count
    .max(1000) // in training each is a step of the graph
    .default(32)
    .describe("Words (or subword tokens) of an utterance; later ones are cut off"),
  minFrequency: count.default(2).describe("Words that training has less often are unknown words"),
  maxVocabularySize: z
    .int()
    .positive()
    .max(1e6)
    .default(10_000)
    .describe("The most frequent words are kept"),
  transcripts: z
    .string()
    .min(1)
    .default("corpus")
    .describe(
      "corpus: the corpus's own words; or a speech-to-text provider, such as moonshine-base",
    ),
});

const robustnessTest = z.strictObject({
  name: recipeName,
  wordErrorRate: share.default(0).describe("Share of words with a simulated transcription error"),
  missing: share.default(0).describe("Share of utterances without any words"),
});

const optimizer = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("sgd"),
    momentum: share.default(0.9),
    weightDecay: z.number().nonnegative().max(1000).default(0),
  }),
  z.strictObject({
    kind: z.enum(["adam", "adamw"]),
    beta1: share.default(0.9),
    beta2: share.default(0.999),
    epsilon: z.number().positive().max(1).default(1e-8),
    weightDecay: z.number().nonnegative().max(1000).default(0),
  }),
]);

const schedule = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant") }),
  z.strictObject({ kind: z.literal("step"), everyEpochs: count, factor: share }),
  z.strictObject({
    kind: z.literal("cosine"),
    warmUpShare: share.default(0.05).describe("Share of the steps with a rising rate"),
    finalShare: share.default(0.01).describe("Share of the peak rate at the end"),
  }),
  z.strictObject({ kind: z.literal("one-cycle"), warmUpShare: share.default(0.3) }),
  z.strictObject({ kind: z.literal("reduce-on-plateau"), factor: share, patience: count }),
]);

const telephone = z.strictObject({
  probability: share.optional().describe("In each view, in place of the probability above"),
  codecs: z
    .array(z.enum(codecs))
    .min(1)
    .default([...codecs])
    .describe("One of them is drawn; G.711 is exact, those that are -like imitate a standard"),
});

const augmentation = z.strictObject({
  views: count.max(100).default(4).describe("Augmented views of each clip beside the original"),
  corpora: z
    .array(z.string())
    .optional()
    .describe("Names of the corpora whose clips get views (default: all)"),
  probability: share.default(1).describe("Of each change below, in each view"),
  speed: range.optional().describe("Factor"),
  tempo: range.optional().describe("Factor, at the same pitch"),
  pitchSemitones: range.optional().describe("Semitones, at the same tempo"),
  shiftSec: range.optional().describe("Seconds"),
  reverberationSec: range.optional().describe("Reverberation time in seconds"),
  gainDb: range.optional().describe("Change of level, dB"),
  distanceM: range
    .optional()
    .describe("Meters to the microphone: more of the room, duller, quieter"),
  snrDb: range
    .optional()
    .describe("Signal-to-noise ratio of added noise, dB: recordings of --noise, or white and pink"),
  telephone: telephone.optional().describe("Band and codec of a call; a sample rate of 16000 Hz"),
  channelProbability: share
    .optional()
    .describe("Of room, distance, noise and telephone together; the other views have none of them"),
});

const specAugment = z.strictObject({
  frequencyMasks: z.int().nonnegative().max(1000).default(2),
  maxFrequencyWidth: count.default(12).describe("Bands"),
  timeMasks: z.int().nonnegative().max(1000).default(2),
  maxTimeWidth: count.default(30).describe("Frames"),
});

const training = z.strictObject({
  epochs: count.default(50).describe("Passes over the training split, at most"),
  batchSize: count.max(4096).default(32).describe("Clips a step"),
  learningRate: z.number().positive().max(1e6).default(0.003).describe("The schedule's peak"),
  optimizer: optimizer.default({
    kind: "adam",
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
  }),
  schedule: schedule.default({ kind: "constant" }).describe("Of the learning rate"),
  clipNorm: z
    .number()
    .positive()
    .max(1e6)
    .optional()
    .describe("Largest norm of all gradients together"),
  emaDecay: share
    .optional()
    .describe("Decay of the exponential moving average of weights that is evaluated and kept"),
  labelSmoothing: share.default(0).describe("Share of a target spread over all labels"),
  classWeights: z
    .union([z.boolean().transform(Number), share])
    .default(0)
    .describe(
      "Weights each label in the loss by this power of how rare it is: at 1 (or true) all count alike, at 0 every clip does",
    ),
  mixupAlpha: z
    .number()
    .positive()
    .max(1000)
    .optional()
    .describe("Of the beta distribution of mixup"),
  extraData: z
    .strictObject({
      weight: z.number().positive().max(1000).default(1).describe("Of each extra clip in the loss"),
      perClip: z
        .number()
        .positive()
        .max(100)
        .default(1)
        .describe("Extra clips of its label drawn in each epoch for every clip of the corpus"),
    })
    .prefault({})
    .describe("How the clips of --extra-data take part"),
  corpusWeights: z
    .record(z.string(), z.number().positive().max(1000))
    .default({})
    .describe("Weight of each clip of a corpus in the loss, by the corpus's name; 1 for others"),
  ordinarySpeechShare: z
    .number()
    .positive()
    .lt(1)
    .default(0.003)
    .describe("Share of the training weight that the clips of --ordinary-speech have together"),
  augmentation: augmentation.optional().describe("Augmentation of the waveform"),
  specAugment: specAugment
    .optional()
    .describe("Masked bands and frames of spectrograms, masked frames of encoder layers"),
  earlyStopping: z
    .strictObject({
      patience: count.describe("Epochs"),
      metric: z.enum(["loss", ...earlyStoppingMetrics]).default("unweightedAverageRecall"),
    })
    .optional()
    .describe("Stops once validation no longer improves, and keeps the best epoch"),
});

const settings = {
  name: recipeName,
  description: z.string().optional(),
  target: z
    .enum(targets)
    .default("emotion")
    .describe(
      "What is predicted: a label, or the arousal, valence and dominance that a table rates",
    ),
  protocol: z.enum(protocolNames).default("speaker-folds").describe("How the corpus is split"),
  stratified: z
    .boolean()
    .default(true)
    .describe("Of protocol random: each label keeps its share in all splits"),
  validationSpeakers: z
    .int()
    .nonnegative()
    .max(65_536)
    .default(2)
    .describe("Training speakers of each corpus kept for validation in each fold"),
  folds: count
    .min(2)
    .optional()
    .describe("Of protocol speaker-folds (default: 5, fewer with fewer speakers)"),
  seed: z.int().nonnegative().default(1).describe("Of all random numbers"),
  features: features.prefault({}).describe("The spectrogram, and the window of sound"),
  words: words.prefault({}).describe("The words of an utterance"),
  robustnessTests: z
    .array(robustnessTest)
    .default([])
    .describe("Tests of the test split with simulated transcription errors"),
  training: training.prefault({}),
};

/** A resolved recipe: every choice of an experiment, every default written out. */
export type Recipe = Readonly<z.infer<z.ZodObject<typeof settings>>> & {
  readonly model: ModelOptions;
};

/** Returns the schema of recipes that name one of these kinds of models. */
export function recipeSchema(definitions: readonly ModelDefinition[]) {
  return z.strictObject({ ...settings, model: modelSchema(definitions) });
}

/** A recipe, with the definition of its kind of model. */
export interface Experiment {
  readonly recipe: Recipe;
  readonly model: ModelDefinition;
}

/**
 * Resolves to the experiment that a recipe file's content describes, and loads its kind of model.
 * @param origin names the content in errors
 * @param own kinds of models beside the package's
 * @throws UndertoneError `recipe-invalid`, naming each wrong key and the nearest right one
 */
export async function parseExperiment(
  content: unknown,
  origin: string,
  own: readonly ModelDefinition[] = [],
): Promise<Experiment> {
  const asked = kindIn(content);
  const known = own.find(({ kind }) => kind === asked) ?? (await modelOfKind(asked));
  // Where the kind is wrong, the schema of all of them says which there are.
  const definitions = known ? [known] : [...(await allModels()), ...own];
  const schema = recipeSchema(definitions);
  const parsed = schema.safeParse(content);
  if (!parsed.success) throw recipeError(parsed.error, origin, schema);
  return { recipe: parsed.data, model: known! };
}

const kindIn = (content: unknown): unknown =>
  isObject(content) && isObject(content["model"]) ? content["model"]["kind"] : "";

/** Resolves to the recipe that a run was written with; `undefined` for one that this version does not know. */
export async function knownRecipe(content: unknown): Promise<Recipe | undefined> {
  const definition = await modelOfKind(kindIn(content));
  return definition && recipeSchema([definition]).safeParse(content).data;
}

const audioInputs: readonly string[] = ["spectrogram", "descriptors", "encoder-layers"];

/** Whether a model takes sound. */
export function usesAudio({ model }: Experiment): boolean {
  return model.inputs.some((modality) => audioInputs.includes(modality));
}

/** Whether a model takes words. */
export function usesText({ model }: Experiment): boolean {
  return model.inputs.some((modality) => !audioInputs.includes(modality));
}

/** Returns the pretrained speech encoders whose layers a model takes, if it takes some. */
export function speechEncodersOf({ recipe, model }: Experiment): SpeechEncoders | undefined {
  return model.encoders?.(recipe.model);
}

/** Returns the pretrained sentence encoder of a text model, if it has one. */
export function sentenceEncoderOf({ recipe, model }: Experiment): SentenceEncoderName | undefined {
  return model.sentenceEncoder?.(recipe.model);
}
