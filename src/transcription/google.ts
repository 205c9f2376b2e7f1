import { z } from "zod";
import { UndertoneError } from "../shared/errors.ts";
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

export interface GoogleOptions extends Omit<PatienceOptions, "signal"> {
  /** Up to and without `/speech:recognize`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Such as `latest_long`, `latest_short` or `phone_call`. */
  readonly model: string;
}

/** What holds the key and the address. */
const variables = { key: "GOOGLE_API_KEY", address: "GOOGLE_SPEECH_BASE_URL" };

/** One request may not hold more. @see https://cloud.google.com/speech-to-text/quotas */
const longestSec = 60;

/** `1.300s`; left out where it is 0. */
const durationSchema = z
  .string()
  .regex(/^\d+(\.\d+)?s$/)
  .default("0s")
  .transform((text) => Number(text.slice(0, -1)));

const wordSchema = z.object({
  word: z.string(),
  startTime: durationSchema,
  endTime: durationSchema,
});

const alternativeSchema = z.object({
  transcript: z.string().default(""),
  /** 0 where it is not known. */
  confidence: z.number().default(0),
  words: z.array(wordSchema).default([]),
});

/** Empty where nobody speaks. */
const answerSchema = z.object({
  results: z
    .array(
      z.object({
        alternatives: z.array(alternativeSchema).default([]),
        languageCode: z.string().optional(),
      }),
    )
    .default([]),
});

type Answer = z.output<typeof answerSchema>;

/**
 * Google's Speech-to-Text: words with their times, and as confidence the mean of its results weighted by their length,
 * 1 where it does not say. It detects no language: what is not given is US English.
 * @see https://cloud.google.com/speech-to-text/docs/reference/rest/v1/speech/recognize
 */
export function openGoogle(options: GoogleOptions): Transcriber {
  const { baseUrl, apiKey, model } = options;
  const url = serviceUrl(baseUrl, "speech:recognize", variables.key);
  const headers = { "x-goog-api-key": apiKey, "content-type": "application/json" };
  return {
    name: `google:${model}@${addressOf(baseUrl)}`,
    transcribe: async (samples, { signal, language = "en" }: TranscribeOptions = {}) => {
      if (samples.length > longestSec * speechSampleRate) {
        throw new RangeError(
          `google: an utterance must be at most ${longestSec} s, got ${samples.length / speechSampleRate} s`,
        );
      }
      const body = JSON.stringify({
        config: {
          encoding: "LINEAR16",
          sampleRateHertz: speechSampleRate,
          languageCode: regionalCode(language),
          model,
          enableWordTimeOffsets: true,
          enableWordConfidence: true,
          enableAutomaticPunctuation: true,
        },
        audio: { content: base64(linear16(samples)) },
      });
      const request = { url, body, headers, variables };
      const answer = await askService(request, answerSchema, { ...options, signal });
      return toTranscript(answer, language);
    },
    close: async () => undefined,
  };
}

/** The code of a language with its main region, as the service wants it: `de` → `de-DE`. */
function regionalCode(language: string): string {
  if (language === "zh") return "cmn-Hans-CN";
  try {
    const { language: code, region } = new Intl.Locale(language).maximize();
    return region === undefined ? code : `${code}-${region}`;
  } catch (cause) {
    const message = `"${language}" is not the code of a language, such as de or pt-BR.`;
    throw new UndertoneError("usage", message, { cause });
  }
}

/** 16-bit samples, little-endian, clipped at full scale. */
function linear16(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(2 * samples.length);
  const view = new DataView(bytes.buffer);
  for (const [n, sample] of samples.entries()) {
    view.setInt16(2 * n, Math.round(32_767 * Math.max(-1, Math.min(1, sample))), true);
  }
  return bytes;
}

/** Browsers have no other encoder of bytes. */
function base64(bytes: Uint8Array): string {
  const chunk = 0x8000; // arguments of one call
  const parts = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, n) =>
    String.fromCodePoint(...bytes.subarray(n * chunk, (n + 1) * chunk)),
  );
  return btoa(parts.join(""));
}

function toTranscript({ results }: Answer, asked: string): Transcript {
  const best = results.flatMap(({ alternatives }) => alternatives.slice(0, 1));
  const text = plainText(best.map(({ transcript }) => transcript).join(" "));
  if (text === "") return { text, confidence: 0 };
  const told = best.filter(({ confidence }) => confidence > 0);
  const characters = told.reduce((sum, { transcript }) => sum + transcript.length, 0);
  const weighted = told.reduce((sum, each) => sum + each.confidence * each.transcript.length, 0);
  const words = best.flatMap((alternative) => alternative.words.map(toWord));
  return {
    text,
    confidence: characters === 0 ? 1 : weighted / characters,
    language: languageCode(results[0]!.languageCode ?? asked),
    ...(words.length > 0 && { words }),
  };
}

const toWord = ({ word, startTime, endTime }: z.output<typeof wordSchema>): Word => ({
  text: plainText(word),
  startSec: startTime,
  endSec: endTime,
});
