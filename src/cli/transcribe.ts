import { defineCommand } from "citty";
import type { ModelOptions } from "../downloads/model-files.ts";
import type { Failure, FoundFile } from "../recognition/find-audio.node.ts";
import { UndertoneError } from "../shared/errors.ts";
import { signalOf } from "./cancel.ts";
import { transcriptCacheFolder } from "./folders.ts";
import { createProgress, type ProgressDisplay } from "./progress.ts";
import {
  printTranscripts,
  transcriptFormats,
  writeTranscripts,
  type TranscribedFile,
  type TranscriptFormat,
  type TranscriptOutput,
} from "./transcribe-output.ts";

/** `undertone transcribe`: the words of sound files and folders of them. */
export const transcribeCommand = defineCommand({
  meta: {
    name: "transcribe",
    description: "The words of sound files, and of all that lie in folders, with their times",
    variadic: true,
    examples: [
      "undertone transcribe interview.mp3",
      "undertone transcribe lecture.m4a --format srt > lecture.srt",
      "undertone transcribe calls/ --format json --out transcripts/",
      "undertone transcribe interview.mp3 --speech whisper-small --language de",
      "undertone transcribe --reference transcripts.tsv",
    ],
  },
  args: {
    paths: {
      type: "positional",
      required: false,
      description: "Sound files and folders, as many as you like",
    },
    format: { type: "enum", options: [...transcriptFormats], description: "How to print (text)" },
    json: { type: "boolean", description: "The same as --format json" },
    speech: {
      type: "string",
      valueHint: "provider",
      description:
        "Speech-to-text: moonshine-base (the default), moonshine-tiny, whisper-tiny, whisper-base, whisper-small, whisper:MODEL, service:MODEL",
    },
    language: {
      type: "string",
      valueHint: "code",
      description: "Language that is spoken: en, de, …; by default speech-to-text finds out",
    },
    out: {
      type: "string",
      valueHint: "folder",
      description: "Write a file for each recording into this folder instead",
    },
    overwrite: { type: "boolean", description: "Replace files in --out that differ" },
    reference: {
      type: "string",
      valueHint: "table.tsv",
      description: "Transcribe the files of a table (columns file, text) and count the word errors",
    },
    offline: { type: "boolean", description: "Download no model" },
    cache: {
      type: "boolean",
      default: true,
      negativeDescription: "Hear again what was transcribed before",
    },
  },
  run: async ({ args, data }) => {
    const { out, reference, overwrite = false } = args;
    const format: TranscriptFormat = args.json ? "json" : (args.format ?? "text");
    if (reference !== undefined && (args._.length > 0 || out !== undefined)) {
      throw new UndertoneError(
        "usage",
        "--reference names the files itself: leave out the others.",
      );
    }
    if (reference === undefined && args._.length === 0) {
      throw new UndertoneError("usage", "Which recordings? Name sound files or folders.");
    }
    const { defaultSpeechProvider } = await import("../transcription/providers.node.ts");
    const { findAudioFiles } = await import("../recognition/find-audio.node.ts");
    const { readReferences, scoreTranscripts } = await import("./transcribe-score.ts");
    const references = reference === undefined ? [] : await readReferences(reference);
    const named = reference === undefined ? args._ : references.map(({ file }) => file);
    const files = await findAudioFiles(named);
    const isSubtitle = format === "srt" || format === "vtt";
    if (isSubtitle && files.length > 1 && out === undefined) {
      throw new UndertoneError("usage", `Subtitles of ${files.length} files need an --out folder.`);
    }
    const output =
      reference !== undefined
        ? scoreTranscripts(references, { json: format === "json" })
        : out === undefined
          ? printTranscripts(format, files.length)
          : writeTranscripts(out, { format, named, overwrite });
    await transcribeFiles(files, {
      provider: args.speech ?? defaultSpeechProvider,
      language: args.language,
      offline: args.offline || undefined,
      useCache: args.cache,
      output,
      signal: signalOf({ data }),
    });
  },
});

interface TranscribeOptions {
  readonly provider: string;
  readonly language: string | undefined;
  readonly offline: boolean | undefined;
  readonly useCache: boolean;
  readonly output: TranscriptOutput;
  readonly signal: AbortSignal;
}

/** @throws UndertoneError the failure of the only file, `some-failed`, or what stops all */
async function transcribeFiles(
  files: readonly FoundFile[],
  options: TranscribeOptions,
): Promise<void> {
  const { output } = options;
  const display = createProgress(process.stderr);
  const failures: Failure[] = [];
  const listener = await openListener(options, display);
  const show = (done: number): void => {
    if (files.length < 2) return;
    const facts = failures.length > 0 ? { failed: String(failures.length) } : {};
    display({ label: "transcribe", done, total: files.length, unit: "files", facts });
  };
  try {
    for (const [done, found] of files.entries()) {
      show(done);
      const result = found.error
        ? { file: found.file, error: found.error }
        : await listener.listen(found.file, files.length === 1);
      const unwritten = await output.file(result);
      const failure = "error" in result ? result.error : unwritten;
      if (failure !== undefined) {
        failures.push(failure);
        if (files.length > 1) display.warn(failure.message);
      }
      const warnings = "error" in result ? [] : result.warnings;
      for (const warning of warnings) display.warn(`${found.file}: ${warning}`);
    }
    show(files.length);
  } finally {
    await output.end();
    await listener.close();
  }
  const [first] = failures;
  if (first === undefined) return;
  if (files.length === 1 && first.code !== "internal") {
    throw new UndertoneError(first.code, first.message);
  }
  const message = `${failures.length} of ${files.length} files could not be transcribed.`;
  throw new UndertoneError("some-failed", message);
}

interface Listener {
  listen(file: string, isOnly: boolean): Promise<TranscribedFile>;
  close(): Promise<void>;
}

const worthABarSec = 60;

async function openListener(
  { provider: name, language, offline, useCache, output, signal }: TranscribeOptions,
  display: ProgressDisplay,
): Promise<Listener> {
  const { modelFiles } = await import("../downloads/model-files.ts");
  const speech = await import("../transcription/providers.node.ts");
  const { TranscriptCache } = await import("../transcription/transcript-cache.node.ts");
  const { transcribeFile } = await import("../transcription/transcribe-file.node.ts");
  const { checkLanguage } = await import("../transcription/languages.ts");
  const modelOptions: ModelOptions = { offline, onProgress: display, signal };
  const setting = {
    modelFiles: (model: Parameters<typeof modelFiles>[0]) => modelFiles(model, modelOptions),
    env: process.env,
    offline,
  };
  const provider = await speech.openSpeechToText(name, setting);
  checkLanguage(provider, language);
  const voiceActivity = await speech.openVoiceActivity(setting);
  const cache = useCache ? new TranscriptCache(transcriptCacheFolder()) : undefined;
  const onProgress = (doneSec: number): void => {
    if (doneSec < worthABarSec) return;
    display({ label: "transcribe", done: Math.round(doneSec), total: undefined, unit: "s" });
  };
  return {
    listen: async (file, isOnly) => {
      try {
        const transcript = await transcribeFile(file, {
          provider,
          voiceActivity,
          cache,
          language,
          signal,
          onUtterance: (utterance) => output.utterance(utterance),
          ...(isOnly && { onProgress }),
        });
        return { file, speechToText: provider.name, ...transcript };
      } catch (error) {
        if (!(error instanceof UndertoneError)) {
          const message = `${file}: an error in undertone itself, please report it: ${String(error)}`;
          return { file, error: { code: "internal", message } };
        }
        if (!/^(audio|file)-/.test(error.code)) throw error;
        return { file, error: { code: error.code, message: error.message } };
      }
    },
    close: async () => {
      await provider.close();
      await voiceActivity.close();
    },
  };
}
