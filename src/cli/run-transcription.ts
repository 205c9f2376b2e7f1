import { modelFiles, type ModelOptions } from "../downloads/model-files.ts";
import {
  describeIgnored,
  findAudioFiles,
  type Failure,
  type FoundAudio,
} from "../recognition/find-audio.node.ts";
import type { SoundChoice } from "../audio/read-channels.ts";
import { UndertoneError } from "../shared/errors.ts";
import { checkLanguage } from "../transcription/languages.ts";
import { loadTranscriber, openVoiceActivity } from "../transcription/transcribers.node.ts";
import { defaultTranscriber } from "../transcription/transcript.ts";
import { untoldWarnings } from "../transcription/spoken-language.ts";
import { transcribeFile } from "../transcription/transcribe-file.node.ts";
import { TranscriptCache } from "../transcription/transcript-cache.node.ts";
import { cancellable } from "./cancel.ts";
import { transcriptCacheFolder } from "./folders.ts";
import { FileWarnings } from "./file-warnings.ts";
import { throwIncomplete } from "./incomplete.ts";
import { createProgress, type ProgressDisplay } from "./progress.ts";
import type { TranscribeOptions } from "./transcribe.ts";
import { openTranscriptOutput } from "./transcribe-output.ts";
import type { TranscribedFile, TranscriptOutput } from "./transcribe-output.ts";
import { readReferences, scoreTranscripts } from "./transcribe-score.ts";

/** Transcribes files and the files in folders, as the options of `undertone transcribe` say. */
export async function runTranscription(
  paths: readonly string[],
  options: TranscribeOptions,
): Promise<void> {
  const { out, reference, json, format } = options;
  if (reference !== undefined && (paths.length > 0 || out !== undefined)) {
    const message = "--reference names the recordings itself: leave out other paths and --out.";
    throw new UndertoneError("usage", message);
  }
  if (reference === undefined && paths.length === 0) {
    const message = "Name audio files or folders. Try: undertone transcribe --help";
    throw new UndertoneError("usage", message);
  }
  const references = reference === undefined ? undefined : await readReferences(reference);
  const named = references?.map(({ file }) => file) ?? paths;
  const found = await findAudioFiles(named);
  const { files } = found;
  const output =
    references === undefined
      ? await openTranscriptOutput(options, { named, count: files.length })
      : scoreTranscripts(references, { json: json || format === "json" });
  const work = {
    transcriber: options.transcriber ?? defaultTranscriber,
    language: options.language,
    offline: options.offline,
    useCache: options.cache,
    channels: options.channels,
    track: options.track,
    maxDurationSec: options.maxDuration && options.maxDuration * 3600,
    output,
  };
  const hint = options.cache
    ? "The same command starts again and keeps the transcripts of finished recordings."
    : "The same command starts again.";
  await cancellable(
    (signal) => transcribeFiles(found, { ...work, signal }),
    () => hint,
  );
}

interface Work extends SoundChoice {
  readonly transcriber: string;
  readonly language: string | undefined;
  readonly offline: boolean | undefined;
  readonly useCache: boolean;
  readonly output: TranscriptOutput;
  readonly signal: AbortSignal;
}

/** @throws UndertoneError the failure of the only file, `some-failed`, or what stops all */
async function transcribeFiles(found: FoundAudio, options: Work): Promise<void> {
  const { output } = options;
  const { files } = found;
  const display = createProgress(process.stderr);
  const failures: Failure[] = [];
  const incomplete: string[] = [];
  const warnings = new FileWarnings();
  const session = await openSession(options, display);
  const show = (done: number): void => {
    if (files.length < 2) return;
    const facts = failures.length > 0 ? { failed: String(failures.length) } : {};
    display({ label: "transcribe", done, total: files.length, unit: "files", facts });
  };
  try {
    for (const [done, each] of files.entries()) {
      show(done);
      const result = each.error
        ? { file: each.file, error: each.error }
        : await session.transcribe(each.file, files.length === 1);
      const unwritten = await output.file(result);
      const failure = "error" in result ? result.error : unwritten;
      if (failure !== undefined) {
        failures.push(failure);
        if (files.length > 1) display.warn(failure.message);
      }
      if ("error" in result) continue;
      warnings.add(each.file, result.warnings);
      if (result.incomplete) incomplete.push(result.file);
    }
    show(files.length);
  } finally {
    warnings.show(display);
    await output.end();
    await session.close();
  }
  const unseen = describeIgnored(found);
  if (unseen !== undefined) display.info(unseen);
  const [first] = failures;
  if (first === undefined) return throwIncomplete(incomplete);
  if (files.length === 1 && first.code !== "internal") {
    throw new UndertoneError(first.code, first.message);
  }
  const message = `${failures.length} of ${files.length} files could not be transcribed.`;
  throw new UndertoneError("some-failed", message);
}

interface Session {
  transcribe(file: string, isOnly: boolean): Promise<TranscribedFile>;
  close(): Promise<void>;
}

const worthABarSec = 60;

async function openSession(
  { transcriber: name, language, offline, useCache, output, ...sound }: Work,
  display: ProgressDisplay,
): Promise<Session> {
  const { signal } = sound;
  const modelOptions: ModelOptions = { offline, onProgress: display, signal };
  const setting = {
    modelFiles: (model: Parameters<typeof modelFiles>[0]) => modelFiles(model, modelOptions),
    env: process.env,
    offline,
  };
  const transcriber = await loadTranscriber(name, setting);
  checkLanguage(transcriber, language);
  const voiceActivity = await openVoiceActivity(setting);
  const cache = useCache ? new TranscriptCache(transcriptCacheFolder()) : undefined;
  const onProgress = (doneSec: number): void => {
    if (doneSec < worthABarSec) return;
    display({ label: "transcribe", done: Math.round(doneSec), total: undefined, unit: "s" });
  };
  return {
    transcribe: async (file, isOnly) => {
      try {
        const transcript = await transcribeFile(file, {
          transcriber,
          voiceActivity,
          cache,
          language,
          ...sound,
          onUtterance: (utterance) => output.utterance(utterance),
          ...(isOnly && { onProgress }),
        });
        const warnings = [...transcript.warnings, ...untoldWarnings(transcript.utterances)];
        return { file, transcriber: transcriber.name, ...transcript, warnings };
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
      await transcriber.close();
      await voiceActivity.close();
    },
  };
}
