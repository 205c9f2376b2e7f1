import { audioCnn } from "../../models/audio-cnn.ts";
import type { Example } from "../../models/example.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../training/checkpoint.ts";
import { fitDistances } from "../../training/fit-distances.ts";
import { fitNetwork } from "../../training/fit-network.ts";
import { predictExamples } from "../../training/predict.ts";
import { resultingWeights } from "../../training/train.ts";
import type { TeachTools } from "./clip-examples.ts";
import { cnnFeatures, cnnModel, cnnTraining } from "./cnn-recipe.ts";
import { exportTaught, seed } from "./export-taught.ts";
import { scoreHeldOut } from "./score.ts";
import { taughtLabels, type TeachJob } from "./taught-clip.ts";
import type { TaughtModel } from "./taught-model.ts";
import type { TeachHooks } from "./teach-event.ts";
import { planValidation } from "./validation-plan.ts";

const checkpoint = "checkpoint";

/**
 * Trains the mel CNN on examples in the order of a job's clips, from its last checkpoint or from the start. One fold is
 * held out, for the curve and the score; no choice is made by it.
 * @throws UndertoneError `training-diverged`, `cancelled`, `disk-full`
 */
export async function trainCnn(
  { job, examples }: { readonly job: TeachJob; readonly examples: readonly Example[] },
  { runtime, store }: Pick<TeachTools, "runtime" | "store">,
  { onEvent, signal }: TeachHooks,
): Promise<TaughtModel> {
  const plan = planValidation(job.clips);
  const isHeldOut = (clip: number): boolean => plan.foldCount > 1 && plan.folds[clip] === 0;
  const train = examples.filter((_, clip) => !isHeldOut(clip));
  const validation = examples.filter((_, clip) => isHeldOut(clip));
  const labels = taughtLabels(job.clips);
  const classes = labels.length;
  const { nMels: rows, frames } = cnnFeatures;
  const architecture = audioCnn.architecture!(audioCnn.schema.parse(cnnModel), {
    spectrogram: { rows, frames },
    classes,
  });
  const { epochs } = job;
  const kept = await store.get("progress", checkpoint);
  let started = performance.now();
  const { state } = await fitNetwork(
    {
      architecture,
      examples: { train, extra: [], validation },
      options: { ...cnnTraining, epochs },
      seed,
      initial: () => new Map(),
    },
    {
      runtime,
      signal,
      restore: async () => (kept instanceof Uint8Array ? decodeCheckpoint(kept) : undefined),
      onStep(step) {
        const clipsPerSec = (1000 * step.clips) / (performance.now() - started);
        onEvent({ stage: "epoch", epochs, ...step, clipsPerSec, validationUar: null });
      },
      async onEpoch(report, current) {
        await store.put("progress", checkpoint, encodeCheckpoint(current));
        started = performance.now();
        const { clipsPerSec, train: learned, validation: scores } = report;
        onEvent({
          stage: "epoch",
          epoch: report.epoch,
          epochs,
          clips: train.length,
          clipsPerSec,
          loss: learned.loss,
          validationUar: scores?.unweightedAverageRecall ?? null,
        });
      },
    },
  );
  const weights = resultingWeights(state);
  const network = { runtime, architecture, weights };
  const predicted = await predictExamples(examples, network);
  const heldOut = predicted.map((row, clip) => (isHeldOut(clip) ? row : null));
  const scored = scoreHeldOut(
    heldOut,
    examples.map(({ label }) => label),
    { plan, classes },
  );
  const trained = {
    architecture,
    weights,
    oodReference: await fitDistances({ train, extra: [], validation }, network),
    recipe: {
      name: job.name,
      features: cnnFeatures,
      model: cnnModel,
      training: { ...cnnTraining, epochs },
    },
    facts: {},
    heldOut,
    predicted,
    ...scored,
  };
  return exportTaught(job, trained, plan);
}
