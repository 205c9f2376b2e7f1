import { z } from "zod";
import { protocolNames } from "../datasets/protocols.ts";
import { lateFusionMethods } from "../models/late-fusion.ts";
import type { SentenceEncoderName } from "../models/sentence-encoder.ts";
import type { TunedLayers } from "../models/speech-encoder.ts";
import { UndertoneError } from "../shared/errors.ts";
import {
  baselineSchema,
  modalities,
  networkSchema,
  readModalities,
  type Modality,
} from "./recipe-model.ts";
import { count, range, share } from "./recipe-parts.ts";

/** The spectrogram that the network sees; see `FrontEnd`. */
const featuresSchema = z.strictObject({
  sampleRate: count.default(16_000),
  nFft: count.default(1024),
  winLength: count.default(1024),
  hopLength: count.default(256),
  nMels: count.default(128),
  fMin: z.number().nonnegative().default(0),
  fMax: z.number().positive().default(8000),
  scale: z.enum(["slaney", "htk"]).default("slaney"),
  frames: count.default(256),
  rangeDb: z.number().positive().default(80),
  nMfcc: count.optional(),
  /** Where the window lies in a clip: from its start, or centerd on the speech. */
  window: z.enum(["start", "speech"]).default("start"),
});

/** How words reach a network. */
const wordsSchema = z.strictObject({
  /** The first words of an utterance that a network reads. */
  length: count.max(1000).default(32), // in training each is a step of the graph
  /** Rarer words of the training side are unknown words. */
  minFrequency: count.default(2),
  maxVocabularySize: count.default(10_000),
  /** Where they come from: the corpus's own transcripts, or a provider of speech-to-text. */
  transcripts: z.string().min(1).default("corpus"),
});

/** Words of the test side made worse, to see what a model makes of it. */
const conditionSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and hyphens"),
  /** Share of words that are misheard. */
  wordErrorRate: share.default(0),
  /** Share of utterances that have no words at all. */
  missing: share.default(0),
});

const optimizerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("sgd"),
    momentum: share.default(0.9),
    weightDecay: z.number().nonnegative().default(0),
  }),
  z.strictObject({
    kind: z.enum(["adam", "adamw"]),
    beta1: share.default(0.9),
    beta2: share.default(0.999),
    epsilon: z.number().positive().default(1e-8),
    weightDecay: z.number().nonnegative().default(0),
  }),
]);

const scheduleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant") }),
  z.strictObject({ kind: z.literal("step"), everyEpochs: count, factor: share }),
  z.strictObject({
    kind: z.literal("cosine"),
    warmUpShare: share.default(0.05),
    finalShare: share.default(0.01),
  }),
  z.strictObject({ kind: z.literal("one-cycle"), warmUpShare: share.default(0.3) }),
  z.strictObject({ kind: z.literal("reduce-on-plateau"), factor: share, patience: count }),
]);

/** Changes to the sound; each clip is kept in `copies` changed versions beside the original. */
const soundSchema = z.strictObject({
  copies: count.max(100).default(4),
  probability: share.default(1),
  speed: range.optional(),
  tempo: range.optional(),
  pitchSemitones: range.optional(),
  shiftSec: range.optional(),
  reverberationSec: range.optional(),
  snrDb: range.optional(),
});

/** Parts that are hidden, drawn anew at each step: of a spectrogram bands and frames, of an encoder's layers frames. */
const specAugmentSchema = z.strictObject({
  frequencyMasks: z.int().nonnegative().default(2),
  maxFrequencyWidth: count.default(12),
  timeMasks: z.int().nonnegative().default(2),
  maxTimeWidth: count.default(30),
});

const trainingSchema = z.strictObject({
  epochs: count.default(50),
  batchSize: count.default(32),
  learningRate: z.number().positive().default(0.003),
  optimizer: optimizerSchema.default({
    kind: "adam",
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
  }),
  schedule: scheduleSchema.default({ kind: "constant" }),
  clipNorm: z.number().positive().optional(),
  emaDecay: share.optional(),
  labelSmoothing: share.default(0),
  /**
   * Weighs each emotion in the loss by this power of how rare it is: at 1 (or `true`) all count alike, at 0
   * every clip does.
   */
  classWeights: z.union([z.boolean().transform(Number), share]).default(0),
  mixupAlpha: z.number().positive().optional(),
  /** How the clips of companion corpora take part. */
  companions: z
    .strictObject({
      /** Of each in the loss, beside 1 of a clip of the corpus itself. */
      weight: z.number().positive().default(1),
      /** Drawn anew in each epoch for every clip of the corpus itself, of its emotion. */
      perClip: z.number().positive().default(1),
      /** Whether one output layer learns from all, or they teach one of their own, which is not served. */
      heads: z.enum(["shared", "apart"]).default("shared"),
    })
    .prefault({}),
  sound: soundSchema.optional(),
  specAugment: specAugmentSchema.optional(),
  earlyStopping: z
    .strictObject({
      patience: count,
      metric: z
        .enum(["loss", "unweightedAverageRecall", "macroF1"])
        .default("unweightedAverageRecall"),
    })
    .optional(),
});

const setting = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and hyphens"),
  description: z.string(),
  protocol: z.enum(protocolNames).default("emobox"),
  /** Of the protocol `random`: each emotion keeps its share on both sides. */
  stratified: z.boolean().default(true),
  validationSpeakers: z.int().nonnegative().default(2),
  seed: z.int().nonnegative().default(1),
  features: featuresSchema.prefault({}),
  words: wordsSchema.prefault({}),
  robustnessTests: z.array(conditionSchema).default([]),
  training: trainingSchema.prefault({}),
};

/** Trained by itself. */
const aloneSchema = z.strictObject({
  ...setting,
  model: z.discriminatedUnion("kind", [networkSchema, baselineSchema]),
});

/** What a network learns from besides its data. */
const forebears = {
  /** Runs of the corpus alone, whose answers for the training side and for companions are learned beside the labels. */
  teacher: z
    .strictObject({
      ...runsOf(aloneSchema),
      /** Share of the answers in what is learned. */
      weight: share.default(0.5),
    })
    .optional(),
  /** A run of its own, whose weights training begins with where name and shape agree. */
  start: aloneSchema.optional(),
};

const memberSchema = aloneSchema.extend(forebears);

/** Runs of their own, of one recipe or several, each trained with so many seeds. */
function runsOf<Schema extends z.ZodType>(member: Schema) {
  return { members: z.array(member).min(1), seeds: count.max(100).default(1) };
}

/** Two runs of their own, and how what they say becomes one answer. */
const lateFusionSchema = z.strictObject({
  kind: z.literal("fusion-late"),
  voice: memberSchema,
  words: memberSchema,
  method: z.enum(lateFusionMethods),
});

/** Runs whose answers are averaged. */
const ensembleSchema = z.strictObject({ kind: z.literal("ensemble"), ...runsOf(memberSchema) });

const keysSchema = z.strictObject({
  ...setting,
  ...forebears,
  model: z.discriminatedUnion("kind", [
    networkSchema,
    baselineSchema,
    lateFusionSchema,
    ensembleSchema,
  ]),
});

/** A resolved recipe: every choice of an experiment, every default written out. */
export type Recipe = z.infer<typeof keysSchema>;

export const recipeSchema = keysSchema
  .refine((recipe) => withMembers(recipe).every(hasHearingTeacher), {
    path: ["teacher"],
    error: "is for a network that usesAudio, and has members that hear",
  })
  .refine((recipe) => withMembers(recipe).every(hasTeacherOfOwnWords), {
    path: ["teacher"],
    error: "is asked with the corpus's own words, which its members must read",
  })
  .refine((recipe) => withMembers(recipe).every(hasHearingStart), {
    path: ["start"],
    error: "is for a network that usesAudio and does not read, as its start must",
  })
  .refine((recipe) => withMembers(recipe).every(canKeepHeadsApart), {
    path: ["training", "companions", "heads"],
    error: "can be apart in an audio-encoder only",
  });

/** The recipe and those whose runs it fuses. */
function withMembers(recipe: Recipe): readonly Recipe[] {
  const { model } = recipe;
  if (model.kind === "fusion-late") return [recipe, model.voice, model.words];
  return model.kind === "ensemble" ? [recipe, ...model.members] : [recipe];
}

function hasHearingTeacher(recipe: Recipe): boolean {
  return !recipe.teacher || (isHearingNetwork(recipe) && recipe.teacher.members.every(usesAudio));
}

function hasTeacherOfOwnWords({ teacher }: Recipe): boolean {
  return !teacher?.members.some((member) => reads(member) && member.words.transcripts !== "corpus");
}

function hasHearingStart(recipe: Recipe): boolean {
  const { start } = recipe;
  return !start || [recipe, start].every((run) => isHearingNetwork(run) && !reads(run));
}

function canKeepHeadsApart({ model, training }: Recipe): boolean {
  return training.companions.heads === "shared" || model.kind === "audio-encoder";
}

function isHearingNetwork(recipe: Recipe): boolean {
  return isNetworkRecipe(recipe) && usesAudio(recipe);
}

/** A recipe of a network. */
export type NetworkRecipe = Recipe & { readonly model: z.infer<typeof networkSchema> };

/** A recipe of a baseline. */
export type BaselineRecipe = Recipe & { readonly model: z.infer<typeof baselineSchema> };

/** A recipe that trains nothing itself: its answers are made of those of other runs. */
export type FusedRecipe = Recipe & {
  readonly model: z.infer<typeof lateFusionSchema> | z.infer<typeof ensembleSchema>;
};

/** A recipe of an ensemble. */
export type EnsembleRecipe = Recipe & { readonly model: z.infer<typeof ensembleSchema> };

/** The ensemble that a recipe learns from, if it has a teacher. */
export function teacherOf(recipe: Recipe): EnsembleRecipe | undefined {
  if (!recipe.teacher) return undefined;
  const { members, seeds } = recipe.teacher;
  return { ...recipe, model: { kind: "ensemble", members, seeds } };
}

/** The run that a recipe starts from, as an ensemble of one. */
export function startOf(recipe: Recipe): EnsembleRecipe | undefined {
  if (!recipe.start) return undefined;
  return { ...recipe, model: { kind: "ensemble", members: [recipe.start], seeds: 1 } };
}

/** What the recipe's model is given of an utterance. */
export function modalitiesOf({ model }: Recipe): readonly Modality[] {
  if (model.kind === "fusion-late") return modalitiesOfAll([model.voice, model.words]);
  if (model.kind === "ensemble") return modalitiesOfAll(model.members);
  return modalities[model.kind];
}

function modalitiesOfAll(members: readonly z.infer<typeof memberSchema>[]): readonly Modality[] {
  return members.flatMap(({ model }) => modalities[model.kind]);
}

const isRead = (modality: Modality): boolean =>
  readModalities.some((candidate) => candidate === modality);

/** Whether the recipe's model usesAudio. */
export function usesAudio(recipe: Recipe): boolean {
  return !modalitiesOf(recipe).every(isRead);
}

/** Whether the recipe's model reads. */
export function reads(recipe: Recipe): boolean {
  return modalitiesOf(recipe).some(isRead);
}

/** The pretrained encoder that a recipe reads through, if there is one. */
export function sentenceEncoderOf({ model }: Recipe): SentenceEncoderName | undefined {
  return "encoder" in model ? model.encoder : undefined;
}

/** Layers as a recipe asks for them. */
export interface RecipeLayers extends TunedLayers {
  /** The model whose adapter the encoder gets, as `--model` names it. */
  readonly adapterOf?: string;
}

/** The encoders that the recipe's model usesAudio through, and the longest speech that it usesAudio; none for most. */
export function heardLayers({ model }: Recipe): {
  readonly encoders: readonly RecipeLayers[];
  readonly longestSec: number;
} {
  if (!("encoders" in model)) return { encoders: [], longestSec: 0 };
  const { longestSec } = model;
  const encoders = model.encoders.map(({ adapter, ...heard }) => ({
    tuned: 0,
    ...heard,
    ...(adapter !== undefined && { adapterOf: adapter }),
  }));
  return { encoders, longestSec };
}

const baselineKinds: readonly string[] = baselineSchema.options.map(
  ({ shape }) => shape.kind.value,
);

export function isBaselineRecipe(recipe: Recipe): recipe is BaselineRecipe {
  return baselineKinds.includes(recipe.model.kind);
}

export function isFusedRecipe(recipe: Recipe): recipe is FusedRecipe {
  return recipe.model.kind === "fusion-late" || recipe.model.kind === "ensemble";
}

export function isNetworkRecipe(recipe: Recipe): recipe is NetworkRecipe {
  return !isBaselineRecipe(recipe) && !isFusedRecipe(recipe);
}

/** @throws UndertoneError `recipe-invalid`, naming each key that is wrong and why */
export function parseRecipe(content: unknown, origin: string): Recipe {
  const parsed = recipeSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new UndertoneError(
    "recipe-invalid",
    `${origin} is not a recipe:\n${z.prettifyError(parsed.error)}`,
    {
      cause: parsed.error,
    },
  );
}

/** The recipe that a run was written with; `undefined` for one that this version does not know. */
export function knownRecipe(content: unknown): Recipe | undefined {
  return recipeSchema.safeParse(content).data;
}

/** A recipe of an earlier version lacks settings that have come since; it had their defaults. */
export function withDefaults(
  recipe: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return knownRecipe(recipe) ?? recipe;
}

/** A recipe with some choices made on the command line. @throws UndertoneError `recipe-invalid` */
export function overrideRecipe(
  recipe: Recipe,
  choices: {
    readonly protocol?: string | undefined;
    readonly seed?: number | undefined;
    readonly epochs?: number | undefined;
  },
): Recipe {
  const { protocol = recipe.protocol, seed = recipe.seed, epochs } = choices;
  const chosen =
    epochs === undefined
      ? recipe
      : { ...withEpochs(recipe, epochs), model: membersWithEpochs(recipe, epochs) };
  return parseRecipe(
    { ...chosen, protocol, seed },
    `${recipe.name}, as the command line would have it,`,
  );
}

/** A baseline learns without epochs, and stays what it is. */
function withEpochs<Own extends Pick<Recipe, "training" | "model">>(
  recipe: Own,
  epochs: number,
): Own {
  if (baselineKinds.includes(recipe.model.kind)) return recipe;
  return { ...recipe, training: { ...recipe.training, epochs } };
}

function membersWithEpochs({ model }: Recipe, epochs: number): Recipe["model"] {
  if (model.kind === "ensemble") {
    return { ...model, members: model.members.map((member) => withEpochs(member, epochs)) };
  }
  if (model.kind !== "fusion-late") return model;
  return {
    ...model,
    voice: withEpochs(model.voice, epochs),
    words: withEpochs(model.words, epochs),
  };
}
