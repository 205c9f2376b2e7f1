import type { Prediction } from "../evaluation/prediction.ts";
import { withTemperature } from "../evaluation/calibration.ts";
import {
  meanLogits,
  plainShare,
  speakerOffset,
  withoutOffset,
} from "../models/speaker-adaptation.ts";
import { neutralLabel } from "../shared/emotions.ts";
import { addTo } from "../shared/group.ts";
import { Random } from "../shared/random.ts";
import type { FinishedFold } from "./evaluate-run.ts";

/** Of each speaker, neutral, and left out of the score. */
export const clipsToEnroll = 2;

/** Scores depend on which clips are drawn, so they are means over several draws. */
export const draws = 5;

/** Returns the mean centered logits [labels] of neutral clips, calibrated; `undefined` where there are none. */
export function neutralLogits(
  predictions: readonly Prediction[],
  { labels, temperature }: { readonly labels: readonly string[]; readonly temperature: number },
): number[] | undefined {
  const label = labels.indexOf(neutralLabel);
  const clips = predictions.filter(({ actual }) => actual === label);
  if (clips.length === 0) return undefined;
  return meanLogits(
    clips.map((prediction) => withTemperature(prediction, temperature).probabilities),
  );
}

/** Returns predictions by speaker. */
export function bySpeaker<Clip extends Prediction>(
  predictions: readonly Clip[],
): Map<string, Clip[]> {
  const speakers = new Map<string, Clip[]>();
  for (const prediction of predictions) {
    addTo(speakers, prediction.speakerId, prediction);
  }
  return speakers;
}

/** The same test clips with and without speaker adaptation, draw by draw. */
interface EnrolledPredictions {
  readonly enrolled: readonly Prediction[];
  readonly unknown: readonly Prediction[];
}

/**
 * Returns the test predictions of a run after speaker adaptation with two neutral clips of each test speaker, and without it. The
 * reference of neutral speech comes from validation clips of all folds, without the fold's test speakers; `undefined` where
 * speakers have too few neutral clips.
 */
export function enrolledPredictions(
  folds: readonly Pick<FinishedFold, "validation" | "temperature" | "test">[],
  labels: readonly string[],
): EnrolledPredictions | undefined {
  const label = labels.indexOf(neutralLabel);
  const validated = folds.flatMap(({ validation, temperature }) =>
    validation
      .filter(({ actual }) => actual === label)
      .map((prediction) => withTemperature(prediction, temperature)),
  );
  const enrolled: Prediction[] = [];
  const unknown: Prediction[] = [];
  for (const { test } of folds) {
    const speakers = bySpeaker(test);
    const others = validated.filter(({ speakerId }) => !speakers.has(speakerId));
    if (others.length === 0) return undefined;
    const neutralMean = meanLogits(others.map(({ probabilities }) => probabilities));
    const reference = { neutral: neutralMean, speakerShare: plainShare };
    for (const [speakerId, clips] of speakers) {
      const candidates = clips.filter(({ actual }) => actual === label);
      if (candidates.length <= clipsToEnroll) return undefined;
      for (let draw = 0; draw < draws; draw++) {
        // The name of the stream is old: another one would draw other clips.
        const shuffled = new Random("enrolment", speakerId, draw).shuffle(candidates);
        const neutralClips = new Set(shuffled.slice(0, clipsToEnroll));
        const logits = meanLogits([...neutralClips].map(({ probabilities }) => probabilities));
        const offset = speakerOffset({ logits, utterances: clipsToEnroll }, reference);
        for (const prediction of clips) {
          if (neutralClips.has(prediction)) continue;
          const probabilities = withoutOffset(prediction.probabilities, offset);
          enrolled.push({ ...prediction, probabilities });
          unknown.push(prediction);
        }
      }
    }
  }
  return { enrolled, unknown };
}
