import { withTemperature } from "../evaluation/calibration.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import { distanceQuantiles } from "../models/ood-distance.ts";
import {
  emotionEvidence,
  neutrality,
  withNeutralBias,
  type OrdinarySpeech,
} from "../models/ordinary-speech.ts";
import {
  offsetOfSpeech,
  withoutOffset,
  type VoiceReference,
} from "../models/speaker-adaptation.ts";
import { neutralLabel } from "../shared/emotions.ts";
import { logOf } from "../shared/probabilities.ts";
import { bySpeaker, neutralLogits } from "./enrolled.ts";

/** How much of ordinary speech is neutral where nobody says otherwise. */
export const neutralShare = 0.8;

/** A prediction, and how much it counts in a stream of speech. */
interface Weighted {
  readonly prediction: Prediction;
  readonly weight: number;
}

/**
 * Returns the clips of each speaker as a stream of ordinary speech: the emotional ones count so little that
 * `neutralShare` of the speech is neutral. Speakers without both are left out.
 */
export function ordinaryStreams(predictions: readonly Prediction[], neutral: number): Weighted[][] {
  return [...bySpeaker(predictions).values()].flatMap((clips) => {
    const calm = clips.filter(({ actual }) => actual === neutral).length;
    const others = clips.length - calm;
    if (calm === 0 || others === 0) return [];
    const weight = ((1 - neutralShare) / neutralShare) * (calm / others);
    return [
      clips.map((prediction) => ({
        prediction,
        weight: prediction.actual === neutral ? 1 : weight,
      })),
    ];
  });
}

/**
 * Returns a stream with each clip adapted to its speaker, who is known by the stream alone.
 * @param bias of neutral speech that tells which clips are neutral
 */
export function adaptedStream(
  stream: readonly Weighted[],
  reference: VoiceReference,
  { labels, bias }: { readonly labels: readonly string[]; readonly bias: number },
): Weighted[] {
  const speech = {
    predictions: stream.map(({ prediction }) => prediction.probabilities),
    lengths: stream.map(({ weight }) => weight),
  };
  const offset = offsetOfSpeech(speech, reference, (probabilities) =>
    neutrality(labels, withNeutralBias(labels, probabilities, bias)),
  );
  return stream.map(({ prediction, weight }) => ({
    prediction: { ...prediction, probabilities: withoutOffset(prediction.probabilities, offset) },
    weight,
  }));
}

const biasRange = [-4, 8] as const;

/** Returns the bias of neutral speech with the least loss, and the loss, by golden section. */
function fitBias(clips: readonly Weighted[], labels: readonly string[]) {
  const lossAt = (bias: number): number =>
    clips.reduce((sum, { prediction: { probabilities, actual }, weight }) => {
      return sum - weight * logOf(withNeutralBias(labels, probabilities, bias)[actual]!);
    }, 0);
  let [low, high] = biasRange as readonly [number, number];
  const ratio = (Math.sqrt(5) - 1) / 2;
  while (high - low > 1e-3) {
    const width = ratio * (high - low);
    if (lossAt(high - width) < lossAt(low + width)) high = low + width;
    else low = high - width;
  }
  const bias = (low + high) / 2;
  return { bias, loss: lossAt(bias) };
}

const biasRounds = 3;

/** From which that of the least loss is taken. */
const speakerShares = [0.25, 0.5, 0.75, 1];

interface Calibrated {
  readonly labels: readonly string[];
  readonly temperature: number;
}

/** What a model predicts of neutral speech of unknown speakers: the parts of a model card. */
export interface VoiceCalibration {
  readonly neutral?: readonly number[];
  readonly ordinary?: OrdinarySpeech;
}

/** Returns what uncalibrated predictions tell of neutral speech; nothing where no clip is neutral. */
export function voiceCalibration(
  uncalibrated: readonly Prediction[],
  { labels, temperature }: Calibrated,
): VoiceCalibration {
  const neutral = neutralLogits(uncalibrated, { labels, temperature });
  if (!neutral) return {};
  const predictions = uncalibrated.map((prediction) => withTemperature(prediction, temperature));
  const ordinary = fitOrdinary(predictions, neutral, labels);
  return { neutral, ...(ordinary && { ordinary }) };
}

/**
 * Fits how predictions of speakers whom the model does not know become those of ordinary speech; `undefined` where no speaker
 * has both neutral and emotional clips.
 * @param predictions calibrated
 */
export function fitOrdinary(
  predictions: readonly Prediction[],
  neutral: readonly number[],
  labels: readonly string[],
): OrdinarySpeech | undefined {
  const label = labels.indexOf(neutralLabel);
  const streams = ordinaryStreams(predictions, label);
  if (streams.length === 0) return undefined;
  const unknown = fitBias(streams.flat(), labels).bias;
  const fits = speakerShares.map((speakerShare) => {
    let fit = { bias: unknown, loss: Infinity };
    let clips: Weighted[] = [];
    for (let round = 0; round < biasRounds; round++) {
      const given = { labels, bias: fit.bias };
      clips = streams.flatMap((stream) => adaptedStream(stream, { neutral, speakerShare }, given));
      fit = fitBias(clips, labels);
    }
    return { ...fit, clips, speakerShare };
  });
  const { clips, bias, speakerShare } = fits.reduce((best, fit) =>
    fit.loss < best.loss ? fit : best,
  );
  const evidence = clips
    .filter(({ prediction }) => prediction.actual === label)
    .map(({ prediction }) => emotionEvidence(labels, prediction.probabilities));
  return {
    neutralShare,
    speakerShare,
    bias: { adapted: bias, unknown },
    evidence: distanceQuantiles(evidence),
  };
}
