import { mixup } from "../audio/augmentation/mixup.ts";
import { maskSpectrogram } from "../audio/augmentation/spec-augment.ts";
import type { Architecture } from "../models/architectures.ts";
import { Random } from "../shared/random.ts";
import type { TrainingData } from "../training/train.ts";
import { stackInputs, type Example } from "./examples.ts";
import type { Recipe } from "./recipe.ts";

/**
 * Weight of each class in the loss, 1 on average over examples: `power` of how rare it is, from 0 (all 1)
 * to 1 (inverse to how many examples it has).
 */
export function classWeights(
  examples: readonly Example[],
  classes: number,
  power: number,
): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const { label } of examples) counts[label]!++;
  const weights = counts.map((count) => (count > 0 ? (examples.length / count) ** power : 0));
  const total = counts.reduce((sum, count, label) => sum + count * weights[label]!, 0);
  return weights.map((weight) => (weight > 0 ? (weight * examples.length) / total : 1));
}

/**
 * The batches of a training side: every example once an epoch in a random order, the last batch
 * filled up from the epoch's start. What a batch holds depends on recipe, seed, epoch and step only.
 */
export function trainingBatches(
  examples: readonly Example[],
  recipe: Recipe,
  options: Pick<Architecture, "inputs" | "classes"> & { readonly seed: number },
): TrainingData {
  const { inputs: shapes, classes, seed } = options;
  const {
    batchSize,
    labelSmoothing,
    mixupAlpha,
    specAugment,
    classWeights: power,
  } = recipe.training;
  const weights = classWeights(examples, classes, power);
  let order: { epoch: number; examples: readonly Example[] } | undefined;
  const ordered = (epoch: number): readonly Example[] => {
    if (order?.epoch !== epoch) {
      order = { epoch, examples: new Random(seed, "order", epoch).shuffle(examples) };
    }
    return order.examples;
  };

  return {
    stepsPerEpoch: Math.ceil(examples.length / batchSize),
    batch(epoch, step) {
      const shuffled = ordered(epoch);
      const random = new Random(seed, "batch", epoch, step);
      const chosen = Array.from(
        { length: batchSize },
        (_, row) => shuffled[(step * batchSize + row) % shuffled.length]!,
      );
      const rows = chosen.map(({ variants }) => {
        const inputs = random.pick(variants);
        const { picture } = inputs;
        if (!specAugment || !(picture instanceof Float32Array)) return inputs;
        return { ...inputs, picture: masked(picture, recipe, random) };
      });
      const inputs = stackInputs(rows, shapes);
      const labels = new Float32Array(batchSize * classes);
      for (const [row, { label }] of chosen.entries()) {
        labels.fill(labelSmoothing / classes, row * classes, (row + 1) * classes);
        labels[row * classes + label]! += 1 - labelSmoothing;
      }
      const rowWeights = chosen.map(({ label }) => weights[label]!);
      const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
      const targets = labels.map(
        (share, index) => (share * rowWeights[Math.floor(index / classes)]!) / total,
      );
      if (mixupAlpha === undefined) return { inputs, targets };
      // Recipes with mixup have pictures as their only input: `assertRecipeFits` sees to it.
      const pictures = { inputs: inputs["picture"]!, labels: targets, items: batchSize };
      const mixed = mixup(pictures, mixupAlpha, random);
      return { inputs: { picture: mixed.inputs }, targets: mixed.labels };
    },
  };
}

/** The picture with some bands and frames replaced by its mean. */
function masked(picture: Float32Array, recipe: Recipe, random: Random): Float32Array {
  const { features, training } = recipe;
  const copy = picture.slice();
  const fill = picture.reduce((sum, value) => sum + value, 0) / picture.length;
  maskSpectrogram(copy, { ...training.specAugment, frames: features.frames, fill }, random);
  return copy;
}
