import { mixup } from "../audio/augmentation/mixup.ts";
import { maskSpectrogram } from "../audio/augmentation/spec-augment.ts";
import { Random } from "../shared/random.ts";
import type { TrainingData } from "../training/train.ts";
import type { ClipFeatures } from "./clip-features.ts";
import type { Recipe } from "./recipe.ts";

/** A clip's features with the index of its label. */
export interface Example {
  readonly features: ClipFeatures;
  readonly label: number;
}

/** The examples of a fold's three sides. */
export interface FoldExamples {
  readonly train: readonly Example[];
  readonly validation: readonly Example[];
  readonly test: readonly Example[];
}

/** Weight of each class in the loss: all 1, or inverse to how many examples it has, 1 on average over examples. */
export function classWeights(
  examples: readonly Example[],
  classes: number,
  weighted: boolean,
): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const { label } of examples) counts[label]!++;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (weighted && count > 0 ? examples.length / (present * count) : 1));
}

/**
 * The batches of a training side: every example once an epoch in a random order, the last batch
 * filled up from the epoch's start. What a batch holds depends on recipe, seed, epoch and step only.
 */
export function trainingBatches(
  examples: readonly Example[],
  recipe: Recipe,
  options: { readonly classes: number; readonly seed: number },
): TrainingData {
  const { classes, seed } = options;
  const {
    batchSize,
    labelSmoothing,
    mixupAlpha,
    specAugment,
    classWeights: weighted,
  } = recipe.training;
  const weights = classWeights(examples, classes, weighted);
  const size = examples[0]!.features.original.length;
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
      const inputs = new Float32Array(batchSize * size);
      const labels = new Float32Array(batchSize * classes);
      const rowWeights = new Float32Array(batchSize);
      for (let row = 0; row < batchSize; row++) {
        const { features, label } = shuffled[(step * batchSize + row) % shuffled.length]!;
        const picture = inputs.subarray(row * size, (row + 1) * size);
        picture.set(random.pick([features.original, ...features.copies]));
        if (specAugment) {
          const fill = picture.reduce((sum, value) => sum + value, 0) / size;
          maskSpectrogram(
            picture,
            { ...specAugment, frames: recipe.features.frames, fill },
            random,
          );
        }
        labels.fill(labelSmoothing / classes, row * classes, (row + 1) * classes);
        labels[row * classes + label]! += 1 - labelSmoothing;
        rowWeights[row] = weights[label]!;
      }
      const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
      const targets = labels.map(
        (share, index) => (share * rowWeights[Math.floor(index / classes)]!) / total,
      );
      if (mixupAlpha === undefined) return { features: inputs, targets };
      const mixed = mixup({ inputs, labels: targets, items: batchSize }, mixupAlpha, random);
      return { features: mixed.inputs, targets: mixed.labels };
    },
  };
}
