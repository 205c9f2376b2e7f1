import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { defineCommand } from "citty";
import type { Answerer, FileResult } from "../recognition/file-result.node.ts";
import type { FoundFile } from "../recognition/find-audio.node.ts";
import type { ModelFile } from "../recognition/voice-model.node.ts";
import { UndertoneError } from "../shared/errors.ts";
import { createTally } from "./analysis-tally.ts";
import { everyValue, share, wholeNumber } from "./arguments.ts";
import { signalOf } from "./cancel.ts";
import {
  analysisFormats,
  createPrinter,
  holdsOneRecording,
  type AnalysisFormat,
} from "./print-analysis.ts";
import { createProgress } from "./progress.ts";

/** `undertone analyze`: emotion over time, from voice and words, of sound files and folders of them. */
export const analyzeCommand = defineCommand({
  meta: {
    name: "analyze",
    description:
      "Emotion over time, from voice and words, of sound files and of all that lie in folders",
    variadic: true,
    examples: [
      "undertone analyze interview.mp3",
      "undertone analyze interview.mp3 --json | jq '.files[0].segments'",
      "undertone analyze interview.mp3 --format textgrid > interview.TextGrid",
      "undertone analyze gespraech.mp3 --speech whisper-small --language de",
      "undertone analyze diary.m4a --enroll neutral.wav",
      "undertone analyze calls/ --out results.jsonl",
      "undertone analyze calls/ --out results.jsonl --resume",
    ],
  },
  args: {
    paths: { type: "positional", description: "Sound files and folders, as many as you like" },
    model: {
      type: "string",
      valueHint: "file.onnx",
      description:
        "The model that usesAudio: a file, or small, which needs no download, or crema-d; by default the best that comes with undertone",
    },
    words: {
      type: "string",
      valueHint: "file.onnx",
      description: "The model that reads; by default the one that comes with undertone",
    },
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
    transcript: {
      type: "boolean",
      default: true,
      negativeDescription: "Judge the voice alone",
    },
    "min-confidence": {
      type: "string",
      valueHint: "share",
      description:
        "Say unsure where no emotion is as likely as this, such as 0.5; by default the likeliest always counts",
    },
    enroll: {
      type: "string",
      valueHint: "neutral.wav",
      description:
        "A few neutral seconds of the one person who speaks, who is then judged better; may stand several times",
    },
    offline: { type: "boolean", description: "Download nothing" },
    format: {
      type: "enum",
      options: [...analysisFormats],
      description: "How to print (text); srt, vtt and textgrid hold one recording",
    },
    json: { type: "boolean", description: "The same as --format json" },
    out: {
      type: "string",
      valueHint: "results.jsonl",
      description: "Write to a new file instead, a line of JSON for each sound file",
    },
    resume: { type: "boolean", description: "Go on with --out where it stopped" },
    jobs: {
      type: "string",
      valueHint: "count",
      description: "Processes that share the files; by default one a core",
    },
  },
  run: async ({ args, data, rawArgs }) => {
    const { out, resume = false } = args;
    const enroll = [...new Set(everyValue("enroll", rawArgs))];
    const format = args.json ? "json" : args.format;
    checkOptions({ ...args, format });
    const minConfidence = share("--min-confidence", args["min-confidence"] ?? "0");
    const jobs =
      args.jobs === undefined ? availableParallelism() : wholeNumber("--jobs", args.jobs);
    const { analyzeFiles } = await import("../recognition/batch.node.ts");
    const { findAudioFiles } = await import("../recognition/find-audio.node.ts");
    const { findVoiceModel } = await import("../recognition/voice-model.node.ts");
    const files = await findAudioFiles(args._);
    if (format !== undefined && holdsOneRecording(format) && files.length !== 1) {
      const message = `--format ${format} holds one recording, and here are ${files.length}. Name one file at a time.`;
      throw new UndertoneError("usage", message);
    }
    const display = createProgress(process.stderr);
    const signal = signalOf({ data });
    const offline = args.offline || undefined;
    const voice = await findVoiceModel(args.model, { offline, onProgress: display, signal });
    const answerer = await answererOf({ ...args, enroll, minConfidence }, voice);
    const output =
      out === undefined
        ? createOrderedOutput(files, format ?? "text")
        : await createFileOutput(resolve(out), { resume, files, answerer });
    const todo = files.filter(({ file }) => !output.done.has(file));
    if (todo.length < files.length) {
      display.info(`${files.length - todo.length} of ${files.length} files were done before.`);
    }
    const tally = createTally(todo.length, display);
    try {
      await analyzeFiles(todo, {
        ...args,
        speech: args.transcript && (args.speech ?? true),
        voice,
        enroll,
        minConfidence,
        offline,
        answerer,
        jobs,
        signal,
        onDownload: display,
        onDegraded: (warning) => tally.degraded(warning),
        onEnrolled: ({ speechSec, warnings }) => {
          for (const warning of warnings) display.warn(warning);
          display.info(`The speaker is known by ${speechSec.toFixed(1)} s of neutral speech.`);
        },
        onProgress: (doneSec, stage) => tally.heard(doneSec, stage),
        onResult: async (result) => {
          await output.append(result);
          tally.count(result);
        },
      });
    } catch (error) {
      if (!(error instanceof UndertoneError) || error.code !== "cancelled" || !out) throw error;
      const message = "Stopped. The same command with --resume goes on with the files left.";
      throw new UndertoneError("cancelled", message, { cause: error });
    } finally {
      await output.close();
    }
    tally.throwFailures();
  },
});

interface GivenOptions {
  readonly out?: string | undefined;
  readonly resume?: boolean | undefined;
  readonly format: AnalysisFormat | undefined;
  readonly transcript: boolean;
  readonly model?: string | undefined;
  readonly words?: string | undefined;
  readonly speech?: string | undefined;
  readonly language?: string | undefined;
}

/** @throws UndertoneError `usage` for options that contradict each other */
function checkOptions(given: GivenOptions): void {
  const { out, resume, format, transcript } = given;
  if (out !== undefined && format !== undefined) {
    const message = "--out always writes JSON Lines: leave out --json and --format, or redirect.";
    throw new UndertoneError("usage", message);
  }
  if (resume && out === undefined) {
    throw new UndertoneError("usage", "--resume needs the --out to go on with.");
  }
  const ofWords = (["speech", "words", "language"] as const).find(
    (name) => given[name] !== undefined,
  );
  if (!transcript && ofWords !== undefined) {
    throw new UndertoneError("usage", `--no-transcript leaves nothing to do for --${ofWords}.`);
  }
}

async function answererOf(
  given: Pick<GivenOptions, "transcript" | "words" | "speech"> & {
    readonly enroll: readonly string[];
    readonly minConfidence: number;
  },
  voice: ModelFile,
): Promise<Answerer> {
  const { defaultWordModelPath, modelIdOf } =
    await import("../recognition/load-recognizer.node.ts");
  const { defaultSpeechProvider } = await import("../transcription/providers.node.ts");
  const { readModel } = await import("../recognition/voice-model.node.ts");
  const modelId = modelIdOf(voice);
  const { enroll, minConfidence } = given;
  const { hashFile } = await import("../transcription/transcript-cache.node.ts");
  const heard = await Promise.all(enroll.map(async (path) => (await hashFile(path)).slice(0, 12)));
  const speakerId = heard.length > 0 ? heard.toSorted().join("+") : null;
  const asked = { speakerId, minConfidence };
  if (!given.transcript) return { modelId, wordsModelId: null, speech: null, ...asked };
  const wordsModelId = modelIdOf(await readModel(given.words ?? defaultWordModelPath));
  const speech = given.speech ?? defaultSpeechProvider;
  return { modelId, wordsModelId, speech, ...asked };
}

/** Where results go: to standard output or to a file. */
interface Output {
  readonly done: ReadonlySet<string>;
  append(result: FileResult): Promise<void>;
  close(): Promise<void>;
}

interface FileOutputOptions {
  readonly resume: boolean;
  readonly files: readonly FoundFile[];
  readonly answerer: Answerer;
}

async function createFileOutput(path: string, options: FileOutputOptions): Promise<Output> {
  const { openResults } = await import("../recognition/results-file.node.ts");
  return openResults(path, options);
}

/** Prints results in the order of the files, in whatever order they come. */
function createOrderedOutput(files: readonly FoundFile[], format: AnalysisFormat): Output {
  const printer = createPrinter(format);
  const early = new Map<string, FileResult>();
  const queue = files.map(({ file }) => file);
  let next = 0;
  return {
    done: new Set(),
    append: async (result) => {
      early.set(result.file, result);
      for (let ready = early.get(queue[next]!); ready; ready = early.get(queue[++next]!)) {
        early.delete(ready.file);
        await printer.print(ready);
      }
    },
    close: () => printer.end(),
  };
}
