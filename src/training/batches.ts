import { mixup } from "../audio/augmentation/mixup.ts";
import { maskSpectrogram, type SpecAugmentOptions } from "../audio/augmentation/spec-augment.ts";
import type { Architecture } from "../models/definition.ts";
import { encoderInputs } from "../models/encoder-layers.ts";
import { floatsOf, stackInputs, type Example, type Inputs } from "../models/example.ts";
import { Random } from "../shared/random.ts";
import { classWeights, labelCounts, sum } from "./class-weights.ts";
import { extraDraws } from "./extra-draws.ts";
import type { TrainingData } from "./train.ts";

/** What a network is trained on. */
export interface TrainingExamples {
  readonly train: readonly Example[];
  /** Of other corpora, beside the training split. */
  readonly extra: readonly Example[];
}

/** How examples become batches. */
export interface BatchOptions {
  readonly batchSize: number;
  readonly labelSmoothing: number;
  /** @see classWeights */
  readonly classWeights: number;
  readonly mixupAlpha?: number | undefined;
  readonly specAugment?: Required<Omit<SpecAugmentOptions, "frames" | "fill">> | undefined;
  readonly extraData: { readonly weight: number; readonly perClip: number };
}

/** The network that batches are for. */
interface BatchTarget extends Pick<Architecture, "inputs" | "classes" | "isRegression"> {
  readonly seed: number;
}

/** The batches of a fold, and how many clips they show in an epoch. */
export interface TrainingBatches extends TrainingData {
  readonly clips: number;
}

/**
 * Returns the batches of a training split: every example once an epoch, with as many extra ones as the options ask for, in a
 * random order, the last batch filled up from the epoch's start. What a batch holds depends on options, seed,
 * epoch and step only.
 */
export function trainingBatches(
  { train, extra }: TrainingExamples,
  options: BatchOptions,
  { inputs: shapes, classes, isRegression = false, seed }: BatchTarget,
): TrainingBatches {
  const { batchSize, mixupAlpha, specAugment, labelSmoothing } = options;
  const counts = labelCounts(train, classes);
  const draws = extraDraws(extra, counts, options.extraData.perClip);
  const shown = counts.map(
    (count, label) => count + options.extraData.weight * draws.weights[label]!,
  );
  const weights = classWeights(counts, options.classWeights, shown);
  const isExtra = new Set(extra);
  const masks = encoderMasks(shapes);
  const clips = train.length + sum(draws.counts);
  let order: { epoch: number; examples: readonly Example[] } | undefined;
  const ordered = (epoch: number): readonly Example[] => {
    if (order?.epoch !== epoch) {
      const drawn = draws.draw(new Random(seed, "companions", epoch)); // the name keeps earlier runs' draws
      order = { epoch, examples: new Random(seed, "order", epoch).shuffle([...train, ...drawn]) };
    }
    return order.examples;
  };

  const weightedLabels = (chosen: readonly Example[]): Float32Array => {
    const labels = new Float32Array(batchSize * classes);
    for (const [row, { label }] of chosen.entries()) {
      labels.fill(labelSmoothing / classes, row * classes, (row + 1) * classes);
      labels[row * classes + label]! += 1 - labelSmoothing;
    }
    const rowWeights = chosen.map((example) => {
      const weight = (example.weight ?? 1) * weights[example.label]!;
      return isExtra.has(example) ? options.extraData.weight * weight : weight;
    });
    const total = sum(rowWeights);
    return labels.map((value, index) => (value * rowWeights[Math.floor(index / classes)]!) / total);
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
      const rows = chosen.map(({ views }) => {
        const view = random.pick(views);
        return specAugment ? masked(view, { specAugment, masks, shapes }, random) : view;
      });
      const inputs = stackInputs(rows, shapes);
      const targets = isRegression ? ratingsOf(chosen) : weightedLabels(chosen);
      if (mixupAlpha === undefined) return { inputs, targets };
      const mixing = { inputs: inFloats(inputs), labels: targets, items: batchSize };
      const mixed = mixup(mixing, mixupAlpha, random);
      return { inputs: withWholeMasks(mixed.inputs, masks), targets: mixed.labels };
    },
  };
}

const ratingsOf = (examples: readonly Example[]): Float32Array =>
  Float32Array.from(examples.flatMap(({ dimensions }) => [...dimensions!]));

/** Names of the masks of encoder layers among a network's inputs. */
const encoderMasks = (shapes: Architecture["inputs"]): string[] =>
  Object.keys(shapes).filter((name) => name === encoderInputs(name.split(".")[0]!).mask);

const inFloats = (inputs: Inputs): Record<string, Float32Array> =>
  Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, floatsOf(values)]));

interface Masking {
  readonly specAugment: NonNullable<BatchOptions["specAugment"]>;
  readonly masks: readonly string[];
  readonly shapes: Architecture["inputs"];
}

/** Inputs with parts masked: bands and frames of a spectrogram, frames of encoder layers. */
function masked(inputs: Inputs, { specAugment, masks, shapes }: Masking, random: Random): Inputs {
  const { spectrogram } = inputs;
  const changed: Record<string, Float32Array> = {};
  if (spectrogram) {
    const copy = floatsOf(spectrogram).slice();
    const fill = copy.reduce((total, value) => total + value, 0) / copy.length;
    const frames = shapes["spectrogram"]![2]!;
    maskSpectrogram(copy, { ...specAugment, frames, fill }, random);
    changed["spectrogram"] = copy;
  }
  for (const name of masks)
    changed[name] = maskedFrames(floatsOf(inputs[name]!), specAugment, random);
  return { ...inputs, ...changed };
}

/** The mask without some of its frames, at most half of them. */
function maskedFrames(
  mask: Float32Array,
  { timeMasks, maxTimeWidth }: Masking["specAugment"],
  random: Random,
): Float32Array {
  const widest = Math.floor(mask.length / 2 / Math.max(1, timeMasks));
  const options = { frames: mask.length, timeMasks, maxTimeWidth: Math.min(maxTimeWidth, widest) };
  const copy = mask.slice();
  maskSpectrogram(copy, { ...options, frequencyMasks: 0 }, random);
  return copy;
}

/** Two clips that are mixed last as long as the longer one. */
function withWholeMasks(
  inputs: Readonly<Record<string, Float32Array>>,
  masks: readonly string[],
): Record<string, Float32Array> {
  const whole = masks.map((name) => [name, inputs[name]!.map(Math.ceil)]);
  return { ...inputs, ...Object.fromEntries(whole) };
}
