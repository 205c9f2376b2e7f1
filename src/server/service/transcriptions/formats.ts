import { deflateSync } from "node:zlib";
import type { z } from "@hono/zod-openapi";
import type { Analysis, Segment } from "../../../recognition/analysis.ts";
import { timedWords, toCues, toSrt, toVtt, type Cue } from "../../../transcription/subtitles.ts";
import type {
  diarizedSchema,
  diarizedSegmentSchema,
  emotionSchema,
  plainSchema,
  verboseSchema,
} from "./schemas.ts";

/** A time in which someone speaks. */
interface Spoken extends Segment {
  readonly emotion: string;
}

const spokenIn = ({ segments }: Analysis): Spoken[] =>
  segments.filter((segment): segment is Spoken => segment.emotion !== null);

/** Returns all words of a recording as one text. */
export function textOf(analysis: Analysis): string {
  return spokenIn(analysis)
    .map(({ text }) => text)
    .filter((text) => text !== "")
    .join(" ");
}

const usageOf = ({ durationSec }: Analysis) =>
  ({ type: "duration", seconds: Math.ceil(durationSec) }) as const;

export function toPlain(analysis: Analysis): z.infer<typeof plainSchema> {
  return { text: textOf(analysis), usage: usageOf(analysis) };
}

/** Returns OpenAI's `verbose_json`, with an `emotion` in each segment. Times of words are estimated. */
export function toVerbose(
  analysis: Analysis,
  granularities: readonly ("word" | "segment")[],
): z.infer<typeof verboseSchema> {
  const spoken = spokenIn(analysis);
  return {
    task: "transcribe",
    language: analysis.language ?? "und",
    duration: analysis.durationSec,
    text: textOf(analysis),
    ...(granularities.includes("segment") && { segments: spoken.map(verboseSegment) }),
    ...(granularities.includes("word") && {
      words: spoken
        .filter(({ text }) => text !== "")
        .flatMap(({ startSec, endSec, text }) =>
          timedWords({ startSec, endSec, text, confidence: 1 }),
        )
        .map(({ text, startSec, endSec }) => ({
          word: text,
          start: ms(startSec),
          end: ms(endSec),
        })),
    }),
    usage: usageOf(analysis),
    warnings: [...analysis.warnings],
  };
}

function verboseSegment(segment: Spoken, id: number) {
  const { startSec, endSec, text, speaker, words } = segment;
  const bytes = Buffer.from(text);
  return {
    id,
    seek: Math.round(startSec * 100),
    start: startSec,
    end: endSec,
    text,
    tokens: [],
    temperature: 0,
    avg_logprob: Math.log(Math.max(1e-4, words?.transcriptConfidence ?? 1)),
    compression_ratio: bytes.length === 0 ? 1 : bytes.length / deflateSync(bytes).length,
    no_speech_prob: 0,
    ...(speaker !== null && { speaker }),
    emotion: emotionOf(segment),
  };
}

/** Returns OpenAI's `diarized_json`, with an `emotion` in each segment. */
export function toDiarized(analysis: Analysis): z.infer<typeof diarizedSchema> {
  return {
    task: "transcribe",
    duration: analysis.durationSec,
    text: textOf(analysis),
    segments: diarizedSegments(analysis),
    usage: usageOf(analysis),
    warnings: [...analysis.warnings],
  };
}

export function diarizedSegments(analysis: Analysis): z.infer<typeof diarizedSegmentSchema>[] {
  return spokenIn(analysis).map((segment, index) => ({
    type: "transcript.text.segment",
    id: `seg_${index}`,
    start: segment.startSec,
    end: segment.endSec,
    speaker: segment.speaker ?? "speaker 1",
    text: segment.text,
    emotion: emotionOf(segment),
  }));
}

export function toSubtitles(analysis: Analysis, format: "srt" | "vtt"): string {
  const cues = spokenIn(analysis).flatMap((segment): Cue[] => {
    const { startSec, endSec, text, speaker } = segment;
    const cut = toCues([{ startSec, endSec, text, confidence: 1 }]);
    return speaker === null ? cut : cut.map((cue) => ({ ...cue, speaker }));
  });
  return format === "srt" ? toSrt(cues) : toVtt(cues);
}

function emotionOf(segment: Spoken): z.infer<typeof emotionSchema> {
  const { emotion: label, confidence, probabilities, intensity, polarity } = segment;
  const { voice, words, disagree, oodScore, abstained } = segment;
  return {
    label,
    confidence,
    probabilities,
    intensity,
    polarity,
    voice,
    words,
    disagree,
    oodScore,
    abstained,
  };
}

const ms = (seconds: number): number => Math.round(seconds * 1000) / 1000;
