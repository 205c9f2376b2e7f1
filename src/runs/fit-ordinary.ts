import { goldenSection, withTemperature } from "../evaluation/calibration.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import { distanceQuantiles } from "../models/ood-distance.ts";
import { emotionEvidence, neutralityWith, type OrdinarySpeech } from "../models/ordinary-speech.ts";
import {
  offsetOfSpeech,
  withoutOffset,
  type VoiceReference,
} from "../models/speaker-adaptation.ts";
import { neutralLabel } from "../shared/emotions.ts";
import type { ProgressListener } from "../shared/logger.ts";
import { logOf } from "../shared/probabilities.ts";
import { bySpeaker, neutralLogits } from "./enrolled.ts";

/** How much of ordinary speech is neutral where nobody says otherwise. */
export const neutralShare = 0.8;

/** A prediction, and how much it counts in a stream of speech. */
interface Weighted {
  readonly prediction: Prediction;
  readonly weight: number;
  /** How much its stream counts beside others. */
  readonly share: number;
}

/** Predictions of the clips of one corpus or several, which count alike. */
export type ByCorpus = readonly (readonly Prediction[])[];

/** Returns how much each clip of a speaker counts in a stream, of which the neutral ones, each 1, are `neutralShare`. */
export function streamWeights(
  clips: readonly Pick<Prediction, "actual">[],
  neutral: number,
): number[] {
  const calm = clips.filter(({ actual }) => actual === neutral).length;
  const others = clips.length - calm;
  const weight =
    others > 0 ? ((1 - neutralShare) / neutralShare) * (Math.max(1, calm) / others) : 0;
  return clips.map(({ actual }) => (actual === neutral ? 1 : weight));
}

/**
 * Returns the clips of each speaker as a stream of ordinary speech: the emotional ones count so little that
 * `neutralShare` of the speech is neutral. Speakers without both are left out.
 */
export function ordinaryStreams(predictions: readonly Prediction[], neutral: number): Weighted[][] {
  return [...bySpeaker(predictions).values()].flatMap((clips) => {
    const calm = clips.filter(({ actual }) => actual === neutral).length;
    if (calm === 0 || calm === clips.length) return [];
    const weights = streamWeights(clips, neutral);
    const share = 1 / predictions.length;
    return [clips.map((prediction, index) => ({ prediction, weight: weights[index]!, share }))];
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
  const offset = offsetOfSpeech(speech, reference, neutralityWith(labels, bias));
  return stream.map(({ prediction, ...counted }) => ({
    prediction: { ...prediction, probabilities: withoutOffset(prediction.probabilities, offset) },
    ...counted,
  }));
}

const biasRange = [-4, 8] as const;

/** Returns the loss in streams by the bias of neutral speech. */
function lossByBias(clips: readonly Weighted[], neutral: number): (bias: number) => number {
  const terms = clips.map(({ prediction: { probabilities, actual }, weight, share }) => ({
    weight: weight * share,
    isNeutral: actual === neutral,
    calm: probabilities[neutral]!,
    fixed: logOf(probabilities[actual]!),
  }));
  return (bias) =>
    terms.reduce((sum, { weight, isNeutral, calm, fixed }) => {
      const logit = fixed + (isNeutral ? bias : 0);
      return sum - weight * (logit - Math.log1p(calm * Math.expm1(bias)));
    }, 0);
}

/**
 * Returns the mean of the biases with the least loss in each corpus, and the loss of all with it. One bias of least loss would
 * be that of the worst corpus, which a recording like it asks for by itself.
 */
function fitBias(byCorpus: readonly (readonly Weighted[])[], neutral: number) {
  const losses = byCorpus.map((clips) => lossByBias(clips, neutral));
  const biases = losses.map((lossAt) => goldenSection(lossAt, biasRange, 1e-3));
  const bias = biases.reduce((sum, each) => sum + each, 0) / biases.length;
  return { bias, loss: losses.reduce((sum, lossAt) => sum + lossAt(bias), 0) };
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
  uncalibrated: ByCorpus,
  { labels, temperature }: Calibrated,
): VoiceCalibration {
  const neutral = neutralLogits(uncalibrated.flat(), { labels, temperature });
  if (!neutral) return {};
  const fitted = fitOrdinary(atTemperature(uncalibrated, temperature), neutral, labels);
  return { neutral, ...(fitted && { ordinary: fitted.ordinary }) };
}

const atTemperature = (predictions: ByCorpus, temperature: number): ByCorpus =>
  predictions.map((each) => each.map((prediction) => withTemperature(prediction, temperature)));

/** Temperatures from which that of the least loss is taken. */
const temperatures = [0.7, 0.85, 1, 1.2, 1.4, 1.7, 2, 2.4, 2.8];

/**
 * Returns the temperature with the least loss in streams of ordinary speech, each held against its speaker, and what the model
 * predicts of neutral speech with it: for predictions of corpora that the model did not know, which are surer of too much
 * before they are adapted. `undefined` without streams.
 */
export function streamCalibration(
  uncalibrated: ByCorpus,
  labels: readonly string[],
  onProgress?: ProgressListener,
): (Required<VoiceCalibration> & { readonly temperature: number }) | undefined {
  const fits = temperatures.flatMap((temperature, done) => {
    const neutral = neutralLogits(uncalibrated.flat(), { labels, temperature });
    const predictions = atTemperature(uncalibrated, temperature);
    const fitted = neutral && fitOrdinary(predictions, neutral, labels);
    const total = temperatures.length;
    onProgress?.({ label: "calibration", done: done + 1, total, unit: "temperatures" });
    return fitted ? [{ temperature, neutral, ...fitted }] : [];
  });
  const [first, ...others] = fits;
  if (first === undefined) return undefined;
  const { loss: _, ...best } = others.reduce(
    (least, fit) => (fit.loss < least.loss ? fit : least),
    first,
  );
  return best;
}

/**
 * Fits how predictions of speakers whom the model does not know become those of ordinary speech; `undefined` where no speaker
 * has both neutral and emotional clips. `loss` is that in the streams.
 * @param predictions calibrated
 */
export function fitOrdinary(
  predictions: ByCorpus,
  neutral: readonly number[],
  labels: readonly string[],
): { readonly ordinary: OrdinarySpeech; readonly loss: number } | undefined {
  const label = labels.indexOf(neutralLabel);
  const byCorpus = predictions
    .map((each) => ordinaryStreams(each, label))
    .filter((streams) => streams.length > 0);
  if (byCorpus.length === 0) return undefined;
  const unknown = fitBias(
    byCorpus.map((streams) => streams.flat()),
    label,
  ).bias;
  const fits = speakerShares.map((speakerShare) => {
    let fit = { bias: unknown, loss: Infinity };
    let clips: Weighted[][] = [];
    for (let round = 0; round < biasRounds; round++) {
      const given = { labels, bias: fit.bias };
      const reference = { neutral, speakerShare };
      clips = byCorpus.map((streams) =>
        streams.flatMap((stream) => adaptedStream(stream, reference, given)),
      );
      fit = fitBias(clips, label);
    }
    return { ...fit, clips, speakerShare };
  });
  const { clips, bias, speakerShare, loss } = fits.reduce((best, fit) =>
    fit.loss < best.loss ? fit : best,
  );
  const evidence = clips
    .flat()
    .filter(({ prediction }) => prediction.actual === label)
    .map(({ prediction }) => emotionEvidence(labels, prediction.probabilities));
  const ordinary = {
    neutralShare,
    speakerShare,
    bias: { adapted: bias, unknown },
    evidence: distanceQuantiles(evidence),
  };
  return { ordinary, loss };
}
