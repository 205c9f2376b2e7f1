/** An analysis with everything that a format must cope with. */
import type { Analysis, Segment } from "../../src/recognition/analysis.ts";

const quietly = {
  channel: null,
  speaker: null,
  text: "",
  language: null,
  words: null,
  disagree: false,
  oodScore: null,
  abstained: null,
  intensity: null,
  polarity: null,
};
const pause = { ...quietly, emotion: null, confidence: null, probabilities: null, voice: null };
const sad = { emotion: "sad", confidence: 0.75, probabilities: { sad: 0.75, angry: 0.25 } };
const angry = { emotion: "angry", confidence: 0.6, probabilities: { sad: 0.4, angry: 0.6 } };

const segments: readonly Segment[] = [
  { startSec: 0, endSec: 0.25, ...pause },
  {
    startSec: 0.25,
    endSec: 3.5,
    ...quietly,
    ...angry,
    language: "en",
    text: `He said "stop" --> and\nI <b>stopped</b> & é`,
    voice: { ...angry, confidence: 0.9 },
    words: { ...sad, transcriptConfidence: 0.875 },
    disagree: true,
    oodScore: 0.75,
    intensity: 0.97,
    polarity: { negative: 1, neutral: 0, positive: 0 },
    abstained: null,
  },
  { startSec: 3.5, endSec: 62.004, ...quietly, ...sad, voice: sad },
  { startSec: 62.004, endSec: 3661.5, ...pause },
  {
    startSec: 3661.5,
    endSec: 3662.25,
    ...quietly,
    ...sad,
    language: "en",
    text: "=SUM(A1:A9)",
    voice: sad,
    words: { ...sad, transcriptConfidence: 0.5 },
  },
];

export const analysis: Analysis = {
  durationSec: 3662.25,
  transcriber: "moonshine-base",
  summary: {
    dominantEmotion: "sad",
    confidence: 0.75,
    shares: { sad: 0.95, angry: 0.05 },
    coverage: 1,
    speechSec: 62.5,
  },
  reference: { source: "recording", speechSec: 62.5 },
  segments,
  speakers: [],
  language: "en",
  warnings: [],
  incomplete: null,
};

const agent = { channel: 1, speaker: "agent" };
const customer = { channel: 2, speaker: "R & <D>" };
const facts = { reference: analysis.reference, overlapSec: 0.5 };

/** A call of two people who speak at once for half a second. */
export const call: Analysis = {
  ...analysis,
  durationSec: 6,
  segments: [
    { startSec: 0, endSec: 1, ...pause },
    { startSec: 1, endSec: 3, ...quietly, ...agent, ...sad, voice: sad, text: "Good morning" },
    { startSec: 2.5, endSec: 4, ...quietly, ...customer, ...angry, voice: angry, text: "At last" },
    { startSec: 4, endSec: 6, ...pause },
  ],
  speakers: [
    { ...agent, ...facts, summary: { ...analysis.summary, shares: { sad: 1, angry: 0 } } },
    { ...customer, ...facts, summary: { ...analysis.summary, shares: { sad: 0, angry: 1 } } },
  ],
};
