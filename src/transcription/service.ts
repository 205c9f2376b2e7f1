import { z } from "zod";
import { encodeWav } from "../audio/wav.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { languageCode } from "./languages.ts";
import { PassingFailure, post } from "./post.ts";
import {
  speechSampleRate,
  type Transcriber,
  type TranscribeOptions,
  type Transcript,
  type Word,
} from "./transcript.ts";

export interface ServiceOptions {
  /** Up to and without `/audio/transcriptions`. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  readonly model: string;
  /** Time for one answer; 60 000 by default. */
  readonly timeoutMs?: number | undefined;
  /** Wait before the first retry, doubled for each further one; 1000 by default. */
  readonly retryDelayMs?: number | undefined;
}

const segmentSchema = z.object({
  text: z.string(),
  avg_logprob: z.number().nullish(),
  no_speech_prob: z.number().nullish(),
});

const answerSchema = z.object({
  text: z.string(),
  language: z.string().nullish(),
  segments: z.array(segmentSchema).nullish(),
  words: z.array(z.object({ word: z.string(), start: z.number(), end: z.number() })).nullish(),
});

type Answer = z.infer<typeof answerSchema>;

const mostAttempts = 5;
const longestWaitMs = 60_000;

/**
 * Any server with OpenAI's `audio/transcriptions`: words with their times where it gives them, and as confidence
 * the mean probability of its segments, 1 where it does not say.
 * @see https://platform.openai.com/docs/api-reference/audio/createTranscription
 */
export function openService(options: ServiceOptions): Transcriber {
  const { baseUrl, model, retryDelayMs = 1000 } = options;
  const url = `${baseUrl.replace(/\/+$/, "")}/audio/transcriptions`;
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new UndertoneError("usage", `"${baseUrl}" is not the URL of a transcription service.`);
  }
  const { host, username, password } = new URL(url);
  if (username !== "" || password !== "") {
    const message = `The address of the service at ${host} holds a name or password: put the key into OPENAI_API_KEY.`;
    throw new UndertoneError("usage", message);
  }
  return {
    name: `service:${model}@${addressOf(baseUrl)}`,
    transcribe: async (samples, { signal, language }: TranscribeOptions = {}) => {
      for (let attempt = 1; ; attempt++) {
        throwIfCancelled(signal);
        try {
          const text = await post(url, formOf(samples, model, language), { ...options, signal });
          return toTranscript(readAnswer(text, url));
        } catch (error) {
          throwIfCancelled(signal);
          if (!(error instanceof PassingFailure)) throw error;
          if (attempt === mostAttempts) {
            throw new UndertoneError(
              "network-failed",
              `${error.message} after ${attempt} attempts. Run the command again to go on from here.`,
              { cause: error },
            );
          }
          const waitMs = error.waitMs ?? retryDelayMs * 2 ** (attempt - 1);
          await pause(Math.min(longestWaitMs, waitMs), signal);
        }
      }
    },
    close: async () => undefined,
  };
}

/** Host and path, which may tell apart what serves a model; what nearly all have is left out. */
function addressOf(baseUrl: string): string {
  const { host, pathname } = new URL(baseUrl);
  const path = pathname.replace(/\/+$/, "");
  return path === "/v1" ? host : host + path;
}

function formOf(samples: Float32Array, model: string, language: string | undefined): FormData {
  const form = new FormData();
  const wav = new Uint8Array(encodeWav(samples, speechSampleRate));
  form.append("file", new Blob([wav], { type: "audio/wav" }), "utterance.wav");
  form.append("model", model);
  form.append("response_format", "verbose_json");
  form.append("temperature", "0");
  form.append("timestamp_granularities[]", "word");
  form.append("timestamp_granularities[]", "segment");
  if (language !== undefined) form.append("language", language);
  return form;
}

function readAnswer(text: string, url: string): Answer {
  try {
    return answerSchema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${url} answers with something that is no transcript: ${text.slice(0, 80)}`;
    throw new UndertoneError("network-failed", message, { cause });
  }
}

function toTranscript({ text, language, segments, words }: Answer): Transcript {
  const said = segments?.filter((segment) => !isSilence(segment));
  const spoken = plain(said === undefined ? text : said.map((segment) => segment.text).join(""));
  const logProbabilities = (said ?? []).flatMap(({ avg_logprob }) => avg_logprob ?? []);
  const probabilities = logProbabilities.map((value) => Math.exp(Math.min(0, value)));
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  const confidence = probabilities.length === 0 ? 1 : sum / probabilities.length;
  return {
    text: spoken,
    confidence: spoken === "" ? 0 : confidence,
    ...(language && { language: languageCode(plain(language)) }),
    ...(words != null && spoken !== "" && { words: words.map(toWord) }),
  };
}

/** On one line and without control characters, which would end up in subtitles and on the screen. */
const plain = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();

/** Whisper's own rule for a segment without speech. */
function isSilence({ avg_logprob, no_speech_prob }: z.infer<typeof segmentSchema>): boolean {
  return (no_speech_prob ?? 0) > 0.6 && (avg_logprob ?? 0) < -1;
}

const toWord = ({ word, start, end }: { word: string; start: number; end: number }): Word => ({
  text: plain(word),
  startSec: start,
  endSec: end,
});

function pause(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, waitMs);
    signal?.addEventListener("abort", end);
  });
}
