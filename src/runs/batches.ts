import { mixup } from "../audio/augmentation/mixup.ts";
import { maskSpectrogram } from "../audio/augmentation/spec-augment.ts";
import { encoderInputs } from "../models/audio-encoder.ts";
import type { Architecture } from "../models/architectures.ts";
import { Random } from "../shared/random.ts";
import type { TrainingData } from "../training/train.ts";
import { companionDraws, labelCounts } from "./companion-draws.ts";
import { floatsOf, stackInputs, type Example, type FoldExamples, type Inputs } from "./examples.ts";
import { heardLayers, type Recipe } from "./recipe.ts";

/**
 * Weight of each class in the loss, 1 on average over what an epoch shows: `power` of how rare it is, from 0
 * (all 1) to 1 (inverse to how many examples it has). `shown` counts companions beside the examples, where they teach the
 * same output layer; they change no class's share in the loss.
 */
export function classWeights(
  counts: readonly number[],
  power: number,
  shown: readonly number[] = counts,
): number[] {
  const examples = sum(counts);
  const weights = counts.map((count, label) =>
    count > 0 ? (examples / count) ** power * (count / shown[label]!) : 0,
  );
  const total = sum(weights.map((weight, label) => weight * shown[label]!));
  return weights.map((weight) => (weight > 0 ? (weight * sum(shown)) / total : 1));
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The batches of a fold, and how many clips they show in an epoch. */
export interface TrainingBatches extends TrainingData {
  readonly clips: number;
}

/**
 * The batches of a training side: every example once an epoch, and as many of its companions as the recipe
 * asks for, in a random order, the last batch filled up from the epoch's start. What a batch holds
 * depends on recipe, seed, epoch and step only.
 */
export function trainingBatches(
  { train, companions }: Pick<FoldExamples, "train" | "companions">,
  recipe: Recipe,
  options: Pick<Architecture, "inputs" | "classes"> & { readonly seed: number },
): TrainingBatches {
  const { inputs: shapes, classes, seed } = options;
  const { batchSize, mixupAlpha, specAugment, classWeights: power } = recipe.training;
  const { weight: companionWeight, perClip } = recipe.training.companions;
  const counts = labelCounts(train, classes);
  const draws = companionDraws(companions, counts, perClip);
  const isApart = recipe.training.companions.heads === "apart";
  const shown = counts.map((count, label) => count + companionWeight * draws.counts[label]!);
  const weights = classWeights(counts, power, isApart ? counts : shown);
  const companionWeights = isApart ? classWeights(draws.counts, power) : weights;
  const isCompanion = new Set(companions);
  const rowLength = isApart ? 2 * classes : classes;
  const clips = train.length + sum(draws.counts);
  let order: { epoch: number; examples: readonly Example[] } | undefined;
  const ordered = (epoch: number): readonly Example[] => {
    if (order?.epoch !== epoch) {
      const drawn = draws.draw(new Random(seed, "companions", epoch));
      order = { epoch, examples: new Random(seed, "order", epoch).shuffle([...train, ...drawn]) };
    }
    return order.examples;
  };

  return {
    clips,
    stepsPerEpoch: Math.ceil(clips / batchSize),
    batch(epoch, step) {
      const shuffled = ordered(epoch);
      const random = new Random(seed, "batch", epoch, step);
      const chosen = Array.from(
        { length: batchSize },
        (_, row) => shuffled[(step * batchSize + row) % shuffled.length]!,
      );
      const rows = chosen.map(({ variants }) => {
        const inputs = random.pick(variants);
        return specAugment ? hidden(inputs, recipe, random) : inputs;
      });
      const inputs = stackInputs(rows, shapes);
      const labels = new Float32Array(batchSize * rowLength);
      for (const [row, example] of chosen.entries()) {
        const start = row * rowLength + (isApart && isCompanion.has(example) ? classes : 0);
        labels.set(aimOf(example, recipe, classes), start);
      }
      const rowWeights = chosen.map((example) =>
        isCompanion.has(example)
          ? companionWeight * companionWeights[example.label]!
          : weights[example.label]!,
      );
      const total = sum(rowWeights);
      const targets = labels.map(
        (share, index) => (share * rowWeights[Math.floor(index / rowLength)]!) / total,
      );
      if (mixupAlpha === undefined) return { inputs, targets };
      const mixing = { inputs: inFloats(inputs), labels: targets, items: batchSize };
      const mixed = mixup(mixing, mixupAlpha, random);
      return { inputs: withWholeMasks(mixed.inputs, recipe), targets: mixed.labels };
    },
  };
}

const inFloats = (inputs: Inputs): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, floatsOf(values)]));

/** What the network is to say of an example, [classes]: its label, smoothed, and a share of what the teacher says. */
function aimOf({ label, taught }: Example, recipe: Recipe, classes: number): Float32Array {
  const { labelSmoothing } = recipe.training;
  const aim = new Float32Array(classes).fill(labelSmoothing / classes);
  aim[label]! += 1 - labelSmoothing;
  if (!taught || !recipe.teacher) return aim;
  const { weight } = recipe.teacher;
  return aim.map((share, index) => (1 - weight) * share + weight * taught[index]!);
}

/** What is heard with parts of it hidden: bands and frames of a spectrogram, frames of an encoder's layers. */
function hidden(inputs: Inputs, recipe: Recipe, random: Random): Inputs {
  const { spectrogram } = inputs;
  const changed: Record<string, Float32Array> = {};
  if (spectrogram) changed["spectrogram"] = maskedPicture(floatsOf(spectrogram), recipe, random);
  for (const name of maskNames(recipe))
    changed[name] = maskedFrames(floatsOf(inputs[name]!), recipe, random);
  return { ...inputs, ...changed };
}

/** The spectrogram with some bands and frames replaced by its mean. */
function maskedPicture(spectrogram: Float32Array, recipe: Recipe, random: Random): Float32Array {
  const { features, training } = recipe;
  const copy = spectrogram.slice();
  const fill = spectrogram.reduce((total, value) => total + value, 0) / spectrogram.length;
  maskSpectrogram(copy, { ...training.specAugment, frames: features.frames, fill }, random);
  return copy;
}

/** The mask without some of its frames, at most half of them. */
function maskedFrames(mask: Float32Array, { training }: Recipe, random: Random): Float32Array {
  const { timeMasks, maxTimeWidth } = training.specAugment!;
  const widest = Math.floor(mask.length / 2 / Math.max(1, timeMasks));
  const options = { frames: mask.length, timeMasks, maxTimeWidth: Math.min(maxTimeWidth, widest) };
  const copy = mask.slice();
  maskSpectrogram(copy, { ...options, frequencyMasks: 0 }, random);
  return copy;
}

/** Two clips that are mixed are heard as long as the longer one lasts. */
function withWholeMasks(
  inputs: Readonly<Record<string, Float32Array>>,
  recipe: Recipe,
): Record<string, Float32Array> {
  const masks = maskNames(recipe).map((name) => [name, inputs[name]!.map(Math.ceil)]);
  return { ...inputs, ...Object.fromEntries(masks) };
}

const maskNames = (recipe: Recipe): string[] =>
  heardLayers(recipe).encoders.map(({ name }) => encoderInputs(name).mask);
