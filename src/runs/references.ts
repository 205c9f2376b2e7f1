import type { Prediction } from "../evaluation/prediction.ts";
import { streamScores, type StreamClip, type StreamScores } from "../evaluation/stream-scores.ts";
import type { ModelCard } from "../models/model-card.ts";
import {
  emotionEvidence,
  isUnemotional,
  learnVoice,
  neutralBias,
  withNeutralBias,
  type LearnedVoice,
} from "../models/ordinary-speech.ts";
import {
  meanLogits,
  plainShare,
  speakerOffset,
  withoutOffset,
} from "../models/speaker-adaptation.ts";
import { fuseChannels, type Evidence } from "../recognition/fusion.ts";
import { longSpeechShares, neutralShares } from "../recognition/reference-options.ts";
import { byLabel } from "../recognition/timeline.ts";
import { neutralLabel } from "../shared/emotions.ts";
import { Random } from "../shared/random.ts";
import { bySpeaker, clipsToEnroll, draws } from "./enrolled.ts";
import { streamWeights } from "./fit-ordinary.ts";

/** What voices can be held against in a test. */
export const testReferences = ["none", "recording", "speaker", "folder", "enrolled"] as const;

/** Voices held against the recording, and fused with their words. */
export const fusedReference = "recording + words";

export type TestReference = (typeof testReferences)[number] | typeof fusedReference;

/** A prediction among the labels of its model, calibrated. */
export interface WorldClip extends Prediction {
  readonly abstained: boolean;
  /** Of its transcript, where there is one and a text model. */
  readonly words?: Evidence | undefined;
}

type Card = Pick<ModelCard, "labels" | "neutral" | "ordinary">;

/** Speech that is held against one voice. */
interface Group {
  readonly clips: readonly WorldClip[];
  /** How much each counts. */
  readonly weights: readonly number[];
  /** What the voice is known by, where it is known. */
  readonly known: Known | undefined;
}

interface Known extends LearnedVoice {
  readonly utterances: number;
}

/**
 * Returns the scores of a model on clips of many speakers, their voices held against each kind of reference. In `recording`
 * and `folder` the clips of a speaker are a stream of which four fifths are neutral; `speaker` is all that a speaker has, as
 * it is; `enrolled` are two neutral clips, which are not scored, the mean of five draws. Clips with words have those of
 * `recording` once more, fused.
 */
export function scoresByReference(
  clips: readonly WorldClip[],
  card: Card,
): ReadonlyMap<TestReference, StreamScores> {
  const unemotional = new Set(
    card.labels.flatMap((label, index) => (isUnemotional(label) ? [index] : [])),
  );
  const scores = new Map<TestReference, StreamScores>();
  for (const reference of testReferences) {
    const groups = groupsFor(reference, clips, card);
    if (groups.length === 0) continue;
    const adapted = groups.flatMap((group) => adaptedClips(group, card));
    scores.set(reference, streamScores(adapted, unemotional));
    if (reference !== "recording" || !clips.some(({ words }) => words)) continue;
    const fused = groups.flatMap((group) => fusedClips(group, card));
    scores.set(fusedReference, streamScores(fused, unemotional));
  }
  return scores;
}

function groupsFor(reference: TestReference, clips: readonly WorldClip[], card: Card): Group[] {
  const speakers = [...bySpeaker(clips).values()];
  const neutral = card.labels.indexOf(neutralLabel);
  const streams = speakers.map((own) => ({ clips: own, weights: streamWeights(own, neutral) }));
  if (reference === "none") return streams.map((stream) => ({ ...stream, known: undefined }));
  if (!card.neutral) return [];
  const learned = (group: Omit<Group, "known">): Group => ({ ...group, known: learn(group, card) });
  if (reference === "recording") return streams.map(learned);
  if (reference === "speaker") {
    return streams.map(({ clips: own, weights }) => {
      const alike = learn({ clips: own, weights: own.map(() => 1) }, card);
      return { clips: own, weights, known: alike };
    });
  }
  if (reference === "folder") {
    const all = streams.flatMap((stream) => stream.clips);
    return [learned({ clips: all, weights: streams.flatMap(({ weights }) => weights) })];
  }
  return speakers.flatMap((own) => enrolledGroups(own, neutral, card));
}

const shareOf = ({ ordinary }: Card): number => ordinary?.speakerShare ?? plainShare;

function learn({ clips, weights }: Omit<Group, "known">, card: Card): Known {
  const { labels } = card;
  const speech = { predictions: clips.map(({ probabilities }) => probabilities), lengths: weights };
  const reference = { neutral: card.neutral!, speakerShare: shareOf(card) };
  const utterances = weights.reduce((sum, weight) => sum + weight, 0);
  const expected = { labels, bias: biasAt(utterances, card), share: longSpeechShares.normal };
  return { ...learnVoice(speech, reference, expected), utterances };
}

function biasAt(utterances: number, { ordinary }: Card): number {
  return ordinary ? neutralBias(ordinary, { utterances, share: neutralShares.normal }) : 0;
}

function enrolledGroups(clips: readonly WorldClip[], neutral: number, card: Card): Group[] {
  const candidates = clips.filter(({ actual }) => actual === neutral);
  if (candidates.length <= clipsToEnroll) return [];
  return Array.from({ length: draws }, (_, draw) => {
    const shuffled = new Random("enrollment", clips[0]!.speakerId, draw).shuffle(candidates);
    const chosen = shuffled.slice(0, clipsToEnroll);
    const others = clips.filter((clip) => !chosen.includes(clip));
    const logits = meanLogits(chosen.map(({ probabilities }) => probabilities));
    const reference = { neutral: card.neutral!, speakerShare: shareOf(card) };
    const offset = speakerOffset({ logits, utterances: clipsToEnroll }, reference);
    return {
      clips: others,
      weights: streamWeights(others, neutral),
      known: { offset, utterances: clipsToEnroll, shift: 0 },
    };
  });
}

function adaptedClips({ clips, weights, known }: Group, card: Card): StreamClip[] {
  const { labels } = card;
  const bias = biasAt(known?.utterances ?? 0, card) + (known?.shift ?? 0);
  return clips.map(({ actual, abstained, probabilities }, index) => {
    const balanced = known ? withoutOffset(probabilities, known.offset) : [...probabilities];
    return {
      actual,
      abstained,
      balanced,
      ordinary: withNeutralBias(labels, balanced, bias),
      weight: weights[index]!,
      evidence: emotionEvidence(labels, balanced),
    };
  });
}

function fusedClips(group: Group, card: Card): StreamClip[] {
  const { labels } = card;
  return adaptedClips(group, card).map((clip, index) => {
    const { words } = group.clips[index]!;
    if (!words) return clip;
    const fuse = (voice: readonly number[]): number[] => {
      const fused = fuseChannels(byLabel(labels, voice), words, 1);
      return labels.map((label) => fused[label]!);
    };
    const balanced = fuse(clip.balanced);
    return {
      ...clip,
      balanced,
      ordinary: fuse(clip.ordinary),
      evidence: emotionEvidence(labels, balanced),
    };
  });
}
