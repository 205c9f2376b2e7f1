/** An analyzed call of two people on two channels, with all that its page and summary show. */
import type { Analysis, Segment, SpeakerAnalysis } from "../../src/recognition/analysis.ts";
import { polarityOf } from "../../src/recognition/polarity.ts";
import { summarize } from "../../src/recognition/summary.ts";
import { emotions } from "../../src/shared/emotions.ts";

type Turn = readonly [
  startSec: number,
  endSec: number,
  speaker: "agent" | "customer",
  emotion: (typeof emotions)[number],
  confidence: number,
  text: string,
];

const turns: readonly Turn[] = [
  [0.4, 3.1, "agent", "neutral", 0.82, "Good morning, this is Sam, how can I help you?"],
  [3.6, 8.9, "customer", "sad", 0.48, "Hi. My parcel was due on Monday and it never came."],
  [9.2, 12, "agent", "calm", 0.61, "I am sorry to hear that. May I have your order number?"],
  [12.4, 15.5, "customer", "neutral", 0.7, "It is four seven one one, dash two."],
  [16, 19.5, "agent", "neutral", 0.77, "Thank you. It was sent back to our warehouse."],
  [19.1, 25.2, "customer", "angry", 0.93, "Sent back? I was at home all day! Nobody rang."],
  [25.6, 29, "agent", "fearful", 0.41, "I understand. The driver noted that nobody was in."],
  [
    28.2,
    33.7,
    "customer",
    "disgust",
    0.57,
    "That is simply not true, and it is not the first time.",
  ],
  [34.3, 40, "agent", "calm", 0.66, "I can send it again today, by express, at no charge."],
  [43.5, 46.2, "customer", "surprised", 0.64, "Today? Oh. Really?"],
  [46.6, 49.4, "agent", "happy", 0.72, "Yes, it will be with you tomorrow before noon."],
  [49.9, 55.3, "customer", "happy", 0.88, "Well, that is very kind. Thank you so much, Sam."],
  [55.9, 58.6, "agent", "happy", 0.79, "My pleasure. Have a lovely day!"],
];

function segmentOf([startSec, endSec, speaker, emotion, confidence, text]: Turn): Segment {
  const rest = (1 - confidence) / (emotions.length - 1);
  const shares = emotions.map((label) => [label, label === emotion ? confidence : rest]);
  const probabilities: Record<string, number> = Object.fromEntries(shares);
  const voice = { emotion, confidence, probabilities };
  return {
    startSec,
    endSec,
    channel: speaker === "agent" ? 1 : 2,
    speaker,
    text,
    language: "en",
    ...voice,
    intensity: confidence,
    polarity: polarityOf(probabilities),
    voice,
    words: { ...voice, transcriptConfidence: 0.9 },
    disagree: false,
    oodScore: 0.5,
    abstained: confidence < 0.45 ? "unsure" : null,
  };
}

const durationSec = 60;
const segments = turns.map(segmentOf);
const reference = { source: "recording", speechSec: 25 } as const;

function speakerOf(speaker: string, channel: number): SpeakerAnalysis {
  const own = segments.filter((segment) => segment.speaker === speaker);
  const speechSec = own.reduce((sum, { startSec, endSec }) => sum + endSec - startSec, 0);
  const summary = summarize(emotions, own, speechSec);
  return { speaker, channel, summary, reference, overlapSec: 1.2 };
}

const speakers = [speakerOf("agent", 1), speakerOf("customer", 2)];
const speechSec = speakers.reduce((sum, { summary }) => sum + summary.speechSec, 0);

export const call: Analysis = {
  durationSec,
  transcriber: "moonshine-base",
  summary: summarize(emotions, segments, speechSec),
  reference,
  segments,
  speakers,
  language: "en",
  warnings: [],
  incomplete: null,
};
