import type { Clip } from "../datasets/manifest.ts";
import type { LeftOut } from "../datasets/omissions.ts";
import type { Corpus } from "../datasets/read-corpus.ts";
import { withTemperature } from "../evaluation/calibration.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import type { ModelCard } from "../models/model-card.ts";
import { UndertoneError } from "../shared/errors.ts";

/** What a corpus can ask a model. */
export interface SharedLabels {
  /** The emotions that both know, in the model's order. */
  readonly labels: readonly string[];
  /** The corpus's clips of them. */
  readonly clips: readonly Clip[];
  /** All that is not among them, with why. */
  readonly leftOut: readonly LeftOut[];
}

/** @throws UndertoneError `dataset-invalid` for fewer than two emotions, among which there is nothing to choose */
export function sharedLabels(card: Pick<ModelCard, "labels">, corpus: Corpus): SharedLabels {
  const known = new Set(card.labels);
  const clips = corpus.clips.filter(({ emotion }) => known.has(emotion));
  const occurring = new Set<string>(clips.map(({ emotion }) => emotion));
  const labels = card.labels.filter((label) => occurring.has(label));
  if (labels.length < 2) {
    const shared = labels.length === 0 ? "no emotion" : `only the emotion ${labels[0]}`;
    throw new UndertoneError(
      "dataset-invalid",
      `${corpus.root}: the model and ${corpus.corpus} share ${shared}, so there is nothing to tell apart. Its labels are ${card.labels.join(", ")}.`,
    );
  }
  const unknown = new Map<string, number>();
  for (const { emotion } of corpus.clips) {
    if (!known.has(emotion)) unknown.set(emotion, (unknown.get(emotion) ?? 0) + 1);
  }
  const unasked = [...unknown].map(([emotion, count]) => ({
    reason: `${emotion}, which the model does not know`,
    count,
  }));
  return { labels, clips, leftOut: [...corpus.leftOut, ...unasked] };
}

/**
 * Returns a model's prediction of a clip among `labels` alone: its probabilities of them, normalized to a sum of 1, as they
 * were before its temperature.
 */
export function predictionAmong(
  labels: readonly string[],
  { clip, probabilities: all }: { readonly clip: Clip; readonly probabilities: ArrayLike<number> },
  card: Pick<ModelCard, "labels" | "temperature">,
): Prediction {
  const { id, speakerId, sex, emotion } = clip;
  const chosen = labels.map((label) => all[card.labels.indexOf(label)]!);
  const total = chosen.reduce((sum, probability) => sum + probability, 0);
  // An emotion that is not among them may have all of the probability.
  const probabilities = chosen.map((p) => (total > 0 ? p / total : 1 / labels.length));
  const calibrated = {
    id,
    speakerId,
    ...(sex && { sex }),
    actual: labels.indexOf(emotion),
    probabilities,
  };
  return withTemperature(calibrated, 1 / card.temperature);
}
