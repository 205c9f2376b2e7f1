import type { OnnxFile } from "../graph/import/onnx-file.ts";
import { input } from "../graph/tensor.ts";
import { architectureOf, inputTensors, type Architecture } from "../models/architectures.ts";
import { spectrogramImage } from "../models/front-end.ts";
import { Network } from "../models/network.ts";
import { encoderSampleRate, lowestGiven, speechEncoders } from "../models/speech-encoder.ts";
import { UndertoneError } from "../shared/errors.ts";
import {
  heardLayers,
  isBaselineRecipe,
  isNetworkRecipe,
  modalitiesOf,
  reads,
  type NetworkRecipe,
  type Recipe,
} from "./recipe.ts";
import type { Tunable } from "./tunable.ts";

/** What data and files fix of a recipe's network. */
interface NetworkData {
  readonly classes: number;
  /** Ids of words. */
  readonly vocabulary: number;
  readonly tunable: Tunable;
  /** The file of a pretrained encoder that reads and is trained on. */
  readonly encoder?: OnnxFile | undefined;
}

/** The network of a recipe. */
export function recipeArchitecture(
  { features, words, model, training }: NetworkRecipe,
  { classes, vocabulary, encoder, tunable }: NetworkData,
): Architecture {
  const { nMels, nMfcc, frames } = features;
  return architectureOf(model, {
    spectrogram: { rows: nMfcc ?? nMels, frames },
    words: { length: words.length, vocabulary },
    encoder,
    tunable,
    isDouble: training.companions.heads === "apart",
    classes,
  });
}

/** What the changes of sound can do. */
const soundLimits = [
  ["speed", 0.25, 4],
  ["tempo", 0.25, 4],
  ["pitchSemitones", -24, 24],
  ["shiftSec", -10, 10],
  ["reverberationSec", 0.01, 10],
  ["snrDb", -20, 100],
] as const;

/**
 * Finds settings that do not go together before any sound is read.
 * @throws UndertoneError `recipe-invalid` naming them
 */
export function assertRecipeFits(recipe: Recipe, data: { readonly validated: boolean }): void {
  const { features, training } = recipe;
  const { sampleRate, nFft, winLength, nMels, nMfcc, fMin, fMax } = features;
  const { earlyStopping, schedule } = training;
  const watched = earlyStopping !== undefined || schedule.kind === "reduce-on-plateau";
  const rules: [broken: boolean, rule: string][] = [
    [sampleRate < 4000 || sampleRate > 192_000, "features.sampleRate must be 4000 to 192000 Hz"],
    [nFft % 2 !== 0 || winLength % 2 !== 0, "features.nFft and features.winLength must be even"],
    [winLength > nFft, "features.winLength must be at most features.nFft"],
    [
      heardLayers(recipe).encoders.length > 0 && sampleRate !== encoderSampleRate,
      `features.sampleRate must be ${encoderSampleRate} for encoders of speech`,
    ],
    ...heardLayers(recipe).encoders.map(({ name, layers }, at): [boolean, string] => [
      layers.some((layer) => layer >= speechEncoders[name].layers),
      `model.encoders[${at}].layers must be below ${speechEncoders[name].layers}`,
    ]),
    ...heardLayers(recipe).encoders.map((heard, at): [boolean, string] => [
      lowestGiven(heard) < -1,
      `model.encoders[${at}].tuned must be at most ${Math.max(...heard.layers) + 1}, which are all layers up to the uppermost that is heard`,
    ]),
    ...heardLayers(recipe).encoders.map(({ name, tuned }, at): [boolean, string] => [
      tuned > 0 && speechEncoders[name].family === "whisper",
      `model.encoders[${at}].tuned must be 0: Whisper's layers are heard as they are`,
    ]),
    ...heardLayers(recipe).encoders.map(({ tuned, adapterOf }, at): [boolean, string] => [
      tuned > 0 && adapterOf !== undefined,
      `model.encoders[${at}] must have an adapter or be tuned, not both`,
    ]),
    ...heardLayers(recipe).encoders.map(({ layers }, at): [boolean, string] => [
      new Set(layers).size < layers.length,
      `model.encoders[${at}].layers must name each layer once`,
    ]),
    [
      new Set(heardLayers(recipe).encoders.map(({ name }) => name)).size <
        heardLayers(recipe).encoders.length,
      "model.encoders must name each encoder once",
    ],
    [
      recipe.model.kind === "audio-encoder" &&
        recipe.model.tuning.rank !== undefined &&
        recipe.model.encoders.every(({ tuned }) => tuned === 0),
      "model.tuning.rank is of adapters in tuned layers: it needs an encoder that is tuned",
    ],
    [fMin >= fMax, "features.fMin must lie below features.fMax"],
    [fMax > sampleRate / 2, "features.fMax must be at most half of features.sampleRate"],
    [(nMfcc ?? 0) > nMels, "features.nMfcc must be at most features.nMels"],
    [
      training.mixupAlpha !== undefined && reads(recipe),
      "training.mixupAlpha mixes sounds: it needs a model that only usesAudio",
    ],
    [
      training.mixupAlpha !== undefined &&
        training.specAugment !== undefined &&
        heardLayers(recipe).encoders.length > 0,
      "training.mixupAlpha and training.specAugment do not go together for layers of encoders: what one hides, the other shows",
    ],
    [
      recipe.robustnessTests.length > 0 && !modalitiesOf(recipe).includes("words"),
      "robustnessTests are about words: they need a model that is given some",
    ],
    [
      recipe.robustnessTests.length > 0 && isBaselineRecipe(recipe),
      "robustnessTests are for networks: a baseline is not judged under them",
    ],
    [
      watched && !data.validated,
      "training.earlyStopping and the schedule reduce-on-plateau need validationSpeakers",
    ],
  ];
  for (const [name, least, most] of soundLimits) {
    const [low, high] = training.sound?.[name] ?? [least, most];
    const broken = low > high || low < least || high > most;
    rules.push([broken, `training.sound.${name} must be a range within ${least} to ${most}`]);
  }
  for (const [broken, rule] of rules) if (broken) throw invalid(recipe, rule);
}

/**
 * Builds a recipe's network once, which checks that its shapes fit.
 * @throws UndertoneError `recipe-invalid` saying what does not
 */
export function assertNetworkFits(
  recipe: Recipe,
  data: Pick<NetworkData, "classes" | "tunable">,
): void {
  // A pretrained encoder fits by itself, and its file may still have to be fetched.
  if (!isNetworkRecipe(recipe) || modalitiesOf(recipe).includes("subwords")) return;
  try {
    build(recipe, data);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid(recipe, `features and model do not fit each other: ${error.message}`, error);
  }
}

/** Shapes are checked as graphs are built. */
function build(recipe: NetworkRecipe, data: Pick<NetworkData, "classes" | "tunable">): void {
  const { features, words, training } = recipe;
  spectrogramImage(input("waveform", [1, features.frames * features.hopLength]), features);
  const vocabulary = words.maxVocabularySize;
  const architecture = recipeArchitecture(recipe, { ...data, vocabulary });
  architecture.build(new Network("training"), inputTensors(architecture, training.batchSize));
}

function invalid(recipe: Recipe, rule: string, cause?: unknown): UndertoneError {
  return new UndertoneError("recipe-invalid", `The recipe ${recipe.name}: ${rule}.`, { cause });
}
