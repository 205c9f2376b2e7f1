import { fitTemperature, withTemperature } from "../../evaluation/calibration.ts";
import type { Prediction } from "../../evaluation/prediction.ts";
import { exportBundle, type BundleParts } from "../../models/bundle.ts";
import { meanLogits } from "../../models/speaker-adaptation.ts";
import { neutralLabel } from "../../shared/emotions.ts";
import { cnnFeatures } from "./cnn-recipe.ts";
import type { HeldOut, TaughtScore } from "./score.ts";
import { taughtLabels, type TeachJob } from "./taught-clip.ts";
import type { TaughtModel } from "./taught-model.ts";
import type { TooFew, ValidationPlan } from "./validation-plan.ts";

/** A network as training left it, and what it predicts, uncalibrated. */
export interface Trained extends Pick<
  BundleParts,
  "architecture" | "speechEncoders" | "oodReference" | "weights"
> {
  readonly recipe: object;
  /** What the model card says of the training besides. */
  readonly facts: object;
  readonly heldOut: HeldOut;
  /** [clips][labels] */
  readonly predicted: readonly (readonly number[])[];
  readonly score?: TaughtScore;
  readonly tooFew?: TooFew;
}

/**
 * Returns a trained network as a model: its ONNX file with its card, calibrated on held-out clips where they are enough for
 * a score, and with the reference of speaker adaptation where some clips are neutral. The card names no recording and no speaker.
 */
export function exportTaught(job: TeachJob, trained: Trained, plan: ValidationPlan): TaughtModel {
  const { architecture, weights, speechEncoders, oodReference, score, tooFew } = trained;
  const labels = taughtLabels(job.clips);
  const actual = job.clips.map(({ label }) => labels.indexOf(label));
  const predictionOf = (clip: number, probabilities: readonly number[]): Prediction => ({
    id: job.clips[clip]!.id,
    speakerId: plan.groups[clip]!,
    actual: actual[clip]!,
    probabilities,
  });
  const validation = trained.heldOut.flatMap((row, clip) => (row ? [predictionOf(clip, row)] : []));
  // Few clips may tell that a model is too sure, but not that it is not sure enough.
  const temperature = score ? Math.max(1, fitTemperature(validation).temperature) : 1;
  const calibrated = (clip: number, row: readonly number[]): readonly number[] =>
    withTemperature(predictionOf(clip, row), temperature).probabilities;
  const clips = job.clips.map(({ id }, clip) => {
    const heldOut = trained.heldOut[clip];
    return {
      id,
      label: actual[clip]!,
      heldOut: heldOut ? calibrated(clip, heldOut) : null,
      predicted: calibrated(clip, trained.predicted[clip]!),
    };
  });
  const neutral = clips
    .filter(({ label }) => labels[label] === neutralLabel)
    .map(({ heldOut, predicted }) => heldOut ?? predicted);
  const bytes = exportBundle({
    architecture,
    weights,
    frontEnd: cnnFeatures,
    speechEncoders,
    oodReference,
    card: {
      name: job.name,
      window: cnnFeatures.window,
      labels,
      temperature,
      ...(neutral.length > 0 && { neutral: meanLogits(neutral) }),
      provenance: {
        corpora: [job.name],
        protocol: `${plan.by}-folds`,
        seed,
        recipe: trained.recipe,
        trainedIn: "the studio",
        clips: job.clips.length,
        groups: new Set(plan.groups).size,
        ...(score && { scores: { unweightedAverageRecall: score.uar } }),
        ...trained.facts,
      },
    },
  });
  return {
    name: job.name,
    kind: job.kind,
    labels,
    bytes: Uint8Array.from(bytes),
    clips,
    score: score ?? null,
    tooFew: tooFew ?? null,
  };
}

/** Of all that is drawn. */
export const seed = 1;
