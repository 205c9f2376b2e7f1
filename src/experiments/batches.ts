import { mixup } from "../audio/augmentation/mixup.ts";
import { maskSpectrogram } from "../audio/augmentation/spec-augment.ts";
import type { Architecture } from "../models/architectures.ts";
import { Random } from "../shared/random.ts";
import type { TrainingData } from "../training/train.ts";
import { companionDraws, labelCounts } from "./companion-draws.ts";
import { stackInputs, type Example, type FoldExamples } from "./examples.ts";
import type { Recipe } from "./recipe.ts";

/**
 * Weight of each class in the loss, 1 on average over what an epoch shows: `power` of how rare it is, from 0
 * (all 1) to 1 (inverse to how many examples it has). `shown` counts companions beside the examples; they
 * change no class's share in the loss.
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
  const {
    batchSize,
    labelSmoothing,
    mixupAlpha,
    specAugment,
    classWeights: power,
  } = recipe.training;
  const { weight: companionWeight, perClip } = recipe.training.companions;
  const counts = labelCounts(train, classes);
  const draws = companionDraws(companions, counts, perClip);
  const shown = counts.map((count, label) => count + companionWeight * draws.counts[label]!);
  const weights = classWeights(counts, power, shown);
  const isCompanion = new Set(companions);
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
      const rowWeights = chosen.map(
        (example) => weights[example.label]! * (isCompanion.has(example) ? companionWeight : 1),
      );
      const total = sum(rowWeights);
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
  const fill = picture.reduce((total, value) => total + value, 0) / picture.length;
  maskSpectrogram(copy, { ...training.specAugment, frames: features.frames, fill }, random);
  return copy;
}
