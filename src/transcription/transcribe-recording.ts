import { checkLanguage } from "./languages.ts";
import type { SpeechGateOptions } from "./speech-gate.ts";
import { isPlausible } from "./plausibility.ts";
import {
  speechSampleRate,
  type SpeechToText,
  type Transcript,
  type TranscribeOptions,
  type Utterance,
} from "./transcript.ts";
import { findUtterances, type VoiceActivity } from "./utterances.ts";

interface RecordingOptions extends TranscribeOptions {
  readonly provider: SpeechToText;
  readonly voiceActivity: VoiceActivity;
  /** When speech begins and ends. */
  readonly limits?: SpeechGateOptions | undefined;
}

const toMs = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/**
 * What is said in a recording, mono at 16 kHz in blocks of any length; each utterance comes as soon as it is
 * recognized. Where nobody speaks, and where the words cannot be what was said, there is none.
 * @yields in order, not overlapping
 * @throws UndertoneError `usage` for a language that the provider does not hear, `cancelled`, and what the
 * blocks and the provider throw
 */
export async function* transcribeRecording(
  blocks: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  { provider, voiceActivity, limits, signal, language }: RecordingOptions,
): AsyncGenerator<Utterance> {
  checkLanguage(provider, language);
  for await (const { startSec, samples } of findUtterances(blocks, {
    voiceActivity,
    signal,
    ...limits,
  })) {
    const transcript = await provider.transcribe(samples, { signal, language });
    const durationSec = samples.length / speechSampleRate;
    if (isPlausible(transcript, durationSec)) yield placed(transcript, startSec, durationSec);
  }
}

/** Puts a transcript at its place in the recording. */
function placed(transcript: Transcript, startSec: number, durationSec: number): Utterance {
  const { text, confidence, language, words } = transcript;
  const within = (sec: number, from: number): number =>
    toMs(startSec + Math.min(Math.max(sec, from), durationSec));
  return {
    startSec: toMs(startSec),
    endSec: toMs(startSec + durationSec),
    text,
    confidence,
    ...(language !== undefined && { language }),
    ...(words !== undefined && {
      words: words.map((word) => ({
        text: word.text,
        startSec: within(word.startSec, 0),
        endSec: within(word.endSec, Math.max(word.startSec, 0)),
      })),
    }),
  };
}

/** The words of a whole recording as one transcript: texts joined, confidence weighted by their length. */
export function joinUtterances(utterances: readonly Utterance[]): Transcript {
  const text = utterances.map((utterance) => utterance.text).join(" ");
  const characters = utterances.reduce((sum, utterance) => sum + utterance.text.length, 0);
  const weighted = utterances.reduce((sum, each) => sum + each.confidence * each.text.length, 0);
  return { text, confidence: characters === 0 ? 0 : weighted / characters };
}
