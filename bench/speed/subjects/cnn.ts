import { spawn } from "node:child_process";
import { audioCnn } from "../../../src/models/audio-cnn.ts";
import { inputTensors, type Architecture } from "../../../src/models/definition.ts";
import { initialWeights, Network, type Weights } from "../../../src/models/network.ts";
import { readRecipe } from "../../../src/recipes/read-recipe.ts";
import { emitModel } from "../../../src/graph/emit.ts";
import { nodeRuntime } from "../../../src/graph/runtime.node.ts";
import { Session } from "../../../src/graph/session.ts";
import { elementCount } from "../../../src/graph/tensor.ts";
import { emotions } from "../../../src/shared/emotions.ts";
import { Random } from "../../../src/shared/random.ts";
import type { Batch } from "../../../src/training/training-step.ts";
import { medianSeconds } from "../measure.ts";
import { randomTargets } from "./random-targets.ts";
import { trainingRate, type TrainingJob } from "./training-loop.ts";

interface CnnOptions {
  readonly threads: number;
  readonly seconds: number;
}

const seed = 1;
const classes = emotions.length;

/** The reference recipe and its network. */
async function readReference() {
  const recipe = await readRecipe("audio-cnn-reference");
  const model = audioCnn.schema.parse(recipe.model);
  const { nMels: rows, frames } = recipe.features;
  const architecture = audioCnn.architecture!(model, { spectrogram: { rows, frames }, classes });
  return { recipe, model, architecture };
}

function drawBatch(architecture: Architecture, batchSize: number): Batch {
  const random = new Random(seed, "batch");
  const count = batchSize * elementCount(architecture.inputs["spectrogram"]!);
  const targets = randomTargets(batchSize, random);
  const spectrogram = Float32Array.from({ length: count }, () => random.normal());
  return { inputs: { spectrogram }, targets };
}

function drawWeights(network: Network): Weights {
  return initialWeights(network, new Random(seed, "weights"));
}

/** The reference recipe's training. */
export async function cnnTraining(): Promise<TrainingJob> {
  const { recipe, architecture } = await readReference();
  const { training } = recipe;
  const { batchSize } = training;
  return { architecture, batch: drawBatch(architecture, batchSize), batchSize, training };
}

/** Clips per second in training. */
export async function measureTraining(options: CnnOptions): Promise<number> {
  return trainingRate(await cnnTraining(), options);
}

/** Clips per second in training while another program computes all the time. */
export async function measureTrainingBeside(options: CnnOptions): Promise<number> {
  const busy = spawn(process.execPath, ["-e", "while (true);"]);
  try {
    return await measureTraining(options);
  } finally {
    busy.kill("SIGKILL");
  }
}

/** Clips per second of the network with its weights as constants, as a model file has them. */
export async function measureInference({ threads, seconds }: CnnOptions): Promise<number> {
  const { recipe, architecture } = await readReference();
  const { batchSize } = recipe.training;
  const network = new Network("inference");
  const logits = architecture.build(network, inputTensors(architecture, batchSize));
  const model = emitModel({ outputs: { logits }, weights: drawWeights(network) });
  const session = await Session.open(nodeRuntime, model, { threads });
  const { inputs } = drawBatch(architecture, batchSize);
  const shape = [batchSize, ...architecture.inputs["spectrogram"]!];
  const feeds = { spectrogram: { data: inputs["spectrogram"]!, shape } };
  const runSec = await medianSeconds(() => session.run(feeds), seconds);
  await session.close();
  return batchSize / runSec;
}

/**
 * Returns the clips of a batch and the floating-point operations of one clip's forward pass through the convolutions;
 * training takes three times as many. The other layers are negligible.
 */
export async function cnnOperations(): Promise<{ batchSize: number; forwardFlop: number }> {
  const { recipe, model } = await readReference();
  let pixels = recipe.features.nMels * recipe.features.frames;
  let inputs = 1;
  let forwardFlop = 0;
  for (const channels of model.channels) {
    forwardFlop += 2 * 9 * inputs * channels * pixels;
    inputs = channels;
    pixels /= 4;
  }
  return { batchSize: recipe.training.batchSize, forwardFlop };
}
