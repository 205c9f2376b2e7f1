import { codecSampleRate } from "../audio/augmentation/codec-names.ts";
import type { OnnxFile } from "../graph/import/onnx-file.ts";
import { input } from "../graph/tensor.ts";
import { inputTensors, type Architecture, type DataShapes } from "../models/definition.ts";
import { encoderSampleRate, lowestGiven, speechEncoders } from "../models/encoder-layers.ts";
import { spectrogramImage } from "../models/front-end.ts";
import { Network } from "../models/network.ts";
import { UndertoneError } from "../shared/errors.ts";
import { speechEncodersOf, usesAudio, usesText, type Experiment, type Recipe } from "./recipe.ts";

/** What data and files fix of a recipe's network. */
export interface NetworkData extends Pick<DataShapes, "classes" | "tunable"> {
  /** Ids of words. */
  readonly vocabulary: number;
  /** The file of a pretrained sentence encoder to fine-tune. */
  readonly encoder?: OnnxFile | undefined;
}

/** Returns the network of an experiment. @throws RangeError for a kind of model without one */
export function networkOf({ recipe, model }: Experiment, data: NetworkData): Architecture {
  const { features, words } = recipe;
  if (!model.architecture) throw new RangeError(`networkOf: ${model.kind} is no network`);
  return model.architecture(recipe.model, {
    ...data,
    spectrogram: { rows: features.nMfcc ?? features.nMels, frames: features.frames },
    words: { length: words.length, vocabulary: data.vocabulary },
  });
}

/** What augmentation can do. */
const augmentationLimits = [
  ["speed", 0.25, 4],
  ["tempo", 0.25, 4],
  ["pitchSemitones", -24, 24],
  ["shiftSec", -10, 10],
  ["gainDb", -60, 60],
  ["reverberationSec", 0.01, 10],
  ["distanceM", 0.01, 20],
  ["snrDb", -20, 100],
] as const;

type Rule = readonly [broken: boolean, rule: string];

/**
 * Finds settings that do not go together before any sound is decoded.
 * @param data whether every fold has validation clips
 * @throws UndertoneError `recipe-invalid` naming them
 */
export function assertRecipeFits(
  experiment: Experiment,
  data: { readonly validated: boolean },
): void {
  const rules = [
    ...featureRules(experiment),
    ...encoderRules(experiment),
    ...trainingRules(experiment, data),
    ...dimensionRules(experiment),
  ];
  for (const [broken, rule] of rules) if (broken) throw invalid(experiment.recipe, rule);
}

function featureRules({ recipe: { features } }: Experiment): Rule[] {
  const { sampleRate, nFft, winLength, hopLength, frames, nMels, nMfcc, fMin, fMax } = features;
  return [
    [sampleRate < 4000 || sampleRate > 192_000, "features.sampleRate must be 4000 to 192000 Hz"],
    [nFft % 2 !== 0 || winLength % 2 !== 0, "features.nFft and features.winLength must be even"],
    [winLength > nFft, "features.winLength must be at most features.nFft"],
    [
      frames * hopLength < 0.05 * sampleRate || frames * hopLength > 60 * sampleRate,
      "features.frames · hopLength must be 0.05 to 60 s",
    ],
    [fMin >= fMax, "features.fMin must lie below features.fMax"],
    [fMax > sampleRate / 2, "features.fMax must be at most half of features.sampleRate"],
    [(nMfcc ?? 0) > nMels, "features.nMfcc must be at most features.nMels"],
  ];
}

function encoderRules(experiment: Experiment): Rule[] {
  const { encoders = [] } = speechEncodersOf(experiment) ?? {};
  const { sampleRate } = experiment.recipe.features;
  return [
    [
      encoders.length > 0 && sampleRate !== encoderSampleRate,
      `features.sampleRate must be ${encoderSampleRate} for speech encoders`,
    ],
    [
      new Set(encoders.map(({ name }) => name)).size < encoders.length,
      "model.encoders must name each encoder once",
    ],
    ...encoders.flatMap((selection, index): Rule[] => {
      const { name, layers, tuned } = selection;
      const place = `model.encoders[${index}]`;
      const { family, layers: all } = speechEncoders[name];
      return [
        [layers.some((layer) => layer >= all), `${place}.layers must be below ${all}`],
        [new Set(layers).size < layers.length, `${place}.layers must name each layer once`],
        [
          lowestGiven(selection) < -1,
          `${place}.tuned must be at most ${Math.max(...layers) + 1}, all layers up to the uppermost`,
        ],
        [
          tuned > 0 && family === "whisper",
          `${place}.tuned must be 0: Whisper's layers cannot be fine-tuned`,
        ],
      ];
    }),
  ];
}

function trainingRules(
  experiment: Experiment,
  { validated }: { readonly validated: boolean },
): Rule[] {
  const { recipe, model } = experiment;
  const { mixupAlpha, specAugment, earlyStopping, schedule, augmentation } = recipe.training;
  const { robustnessTests } = recipe;
  return [
    [
      mixupAlpha !== undefined && usesText(experiment),
      "training.mixupAlpha mixes sounds: it needs a model without words",
    ],
    [
      mixupAlpha !== undefined && specAugment !== undefined && model.encoders !== undefined,
      "training.mixupAlpha and training.specAugment do not go together for encoder layers: mixup would fill masked frames",
    ],
    [
      robustnessTests.length > 0 && !model.inputs.includes("words"),
      "robustnessTests simulate transcription errors: they need a model with words",
    ],
    [
      robustnessTests.length > 0 && model.fit !== undefined,
      "robustnessTests are for networks, not for text-tfidf and text-majority",
    ],
    [
      (earlyStopping !== undefined || schedule.kind === "reduce-on-plateau") && !validated,
      "training.earlyStopping and the schedule reduce-on-plateau need validationSpeakers",
    ],
    [
      augmentation?.telephone !== undefined && recipe.features.sampleRate !== codecSampleRate,
      `training.augmentation.telephone needs features.sampleRate ${codecSampleRate}`,
    ],
    ...augmentationLimits.map(([name, least, most]): Rule => {
      const [low, high] = augmentation?.[name] ?? [least, most];
      return [
        low > high || low < least || high > most,
        `training.augmentation.${name} must be a range within ${least} to ${most}`,
      ];
    }),
  ];
}

/** Fewer clips say too little of correlation, spread and mean, which the loss of a batch compares. */
const fewestRated = 8;

function dimensionRules(experiment: Experiment): Rule[] {
  const { recipe, model } = experiment;
  if (recipe.target !== "dimensions") return [];
  const { labelSmoothing, classWeights, corpusWeights, earlyStopping, batchSize } = recipe.training;
  const metric = earlyStopping?.metric ?? "loss";
  return [
    [
      !usesAudio(experiment) || (model.fit !== undefined && !model.fitDimensions),
      `target "dimensions" is not for ${model.kind}: take a model with sound`,
    ],
    [
      labelSmoothing > 0 || classWeights > 0,
      "training.labelSmoothing and training.classWeights must be 0 for dimensions",
    ],
    [
      metric !== "loss",
      'training.earlyStopping.metric must be "loss" for dimensions: it is 1 − CCC on validation',
    ],
    [
      !model.fit && Object.keys(corpusWeights).length > 0,
      "training.corpusWeights must be empty for dimensions: the concordance of a batch has no weights",
    ],
    [recipe.robustnessTests.length > 0, "robustnessTests must be empty for dimensions"],
    [
      !model.fit && batchSize < fewestRated,
      `training.batchSize must be at least ${fewestRated} for dimensions`,
    ],
  ];
}

/**
 * Builds an experiment's network once, which checks its shapes.
 * @throws UndertoneError `recipe-invalid` saying which do not fit
 */
export function assertNetworkFits(
  experiment: Experiment,
  data: Pick<NetworkData, "classes" | "tunable">,
): void {
  const { recipe, model } = experiment;
  // The file of a sentence encoder fits by itself.
  if (model.fit || model.inputs.includes("subwords")) return;
  const { features, words, training } = recipe;
  try {
    spectrogramImage(input("waveform", [1, features.frames * features.hopLength]), features);
    const architecture = networkOf(experiment, { ...data, vocabulary: words.maxVocabularySize });
    architecture.build(new Network("training"), inputTensors(architecture, training.batchSize));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw invalid(recipe, `features and model do not fit each other: ${error.message}`, error);
  }
}

function invalid(recipe: Recipe, rule: string, cause?: unknown): UndertoneError {
  return new UndertoneError("recipe-invalid", `The recipe ${recipe.name}: ${rule}.`, { cause });
}
