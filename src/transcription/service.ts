import { z } from "zod";
import { encodeWav } from "../audio/wav.ts";
import {
  addressOf,
  askService,
  plainText,
  serviceUrl,
  type PatienceOptions,
} from "./ask-service.ts";
import { languageCode } from "./languages.ts";
import {
  speechSampleRate,
  type Transcriber,
  type TranscribeOptions,
  type Transcript,
  type Word,
} from "./transcript.ts";

export interface ServiceOptions extends Omit<PatienceOptions, "signal"> {
  /** Up to and without `/audio/transcriptions`. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  readonly model: string;
}

/** What holds the key and the address. */
const variables = { key: "OPENAI_API_KEY", address: "OPENAI_BASE_URL" };

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

/**
 * Any server with OpenAI's `audio/transcriptions`: words with their times where it gives them, and as confidence
 * the mean probability of its segments, 1 where it does not say.
 * @see https://platform.openai.com/docs/api-reference/audio/createTranscription
 */
export function openService(options: ServiceOptions): Transcriber {
  const { baseUrl, apiKey, model } = options;
  const url = serviceUrl(baseUrl, "audio/transcriptions", variables.key);
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  return {
    name: `service:${model}@${addressOf(baseUrl)}`,
    transcribe: async (samples, { signal, language }: TranscribeOptions = {}) => {
      const body = formOf(samples, model, language);
      const request = { url, body, headers, variables };
      return toTranscript(await askService(request, answerSchema, { ...options, signal }));
    },
    close: async () => undefined,
  };
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

function toTranscript({ text, language, segments, words }: Answer): Transcript {
  const said = segments?.filter((segment) => !isSilence(segment));
  const spoken = plainText(
    said === undefined ? text : said.map((segment) => segment.text).join(""),
  );
  const logProbabilities = (said ?? []).flatMap(({ avg_logprob }) => avg_logprob ?? []);
  const probabilities = logProbabilities.map((value) => Math.exp(Math.min(0, value)));
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  const confidence = probabilities.length === 0 ? 1 : sum / probabilities.length;
  return {
    text: spoken,
    confidence: spoken === "" ? 0 : confidence,
    ...(language && { language: languageCode(plainText(language)) }),
    ...(words != null && spoken !== "" && { words: words.map(toWord) }),
  };
}

/** Whisper's own rule for a segment without speech. */
function isSilence({ avg_logprob, no_speech_prob }: z.infer<typeof segmentSchema>): boolean {
  return (no_speech_prob ?? 0) > 0.6 && (avg_logprob ?? 0) < -1;
}

const toWord = ({ word, start, end }: { word: string; start: number; end: number }): Word => ({
  text: plainText(word),
  startSec: start,
  endSec: end,
});
