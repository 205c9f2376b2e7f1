import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { ChannelMode } from "../audio/channels.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Analysis } from "./analysis.ts";
import type { Failure, FoundFile } from "./find-audio.node.ts";
import type { ModelFile } from "./voice-model.node.ts";
import type { AnalyzeOptions, Recognizer } from "./recognizer.ts";

/** What came of analyzing one file. */
export type Outcome = Analysis | { readonly error: Failure };

/** What the results were made with; results of different settings do not stand in one file. */
export interface AnalysisSettings {
  /** Of the audio model: see `modelIdOf`. */
  readonly modelId: string;
  /** Its name, for people. */
  readonly model: string;
  /** The same of the text model; `null` without a transcript. */
  readonly textModelId: string | null;
  readonly textModel: string | null;
  /** Name of the transcriber that was asked for; `null` without a transcript. */
  readonly transcriber: string | null;
  /** Language that the transcriber was told; `null` where it detects it. */
  readonly language: string | null;
  /** The recordings that enrolled the speaker, each by its content; `null` without an enrolled speaker. */
  readonly speakerId: string | null;
  /** Segments below it are marked `unsure`. */
  readonly minConfidence: number;
  /** Segments above it are marked `out-of-distribution`. */
  readonly maxOodScore: number | null;
  /** What voices are held against. */
  readonly reference: string;
  readonly sensitivity: string;
  /** Which channels were analyzed. */
  readonly channels: ChannelMode;
  /** Which of several tracks; `null` for the one that the file names. */
  readonly track: number | null;
  /** Names of the speakers; `null` where none were given. */
  readonly roles: readonly string[] | null;
  /** Speakers who alone were analyzed; `null` for all. */
  readonly only: readonly string[] | null;
  /** Whether speakers of one channel were told apart, and how many; `null` where not. */
  readonly diarization: string | null;
}

/** One line of results: the file as it was, what it was analyzed with, and what came of it. */
export type FileResult = Omit<FoundFile, "error"> & {
  readonly settings: AnalysisSettings;
} & Outcome;

/** Names a model by its content: the first 12 hexadecimal digits of the SHA-256 of its file. */
export function modelIdOf({ bytes }: ModelFile): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 12);
}

/** Returns a model's name: that of its file, or of its card for one in a run folder, where all files have one name. */
export function modelNameOf({ path }: ModelFile, { name }: { readonly name: string }): string {
  const file = basename(path, ".onnx");
  return file === "model" && name !== "" ? name : file;
}

/** Analyzes a file; whatever is wrong with it becomes its outcome, only cancelling is thrown. */
export async function outcomeOf(
  recognizer: Recognizer,
  path: string,
  options: AnalyzeOptions = {},
): Promise<Outcome> {
  try {
    return await recognizer.analyze(path, options);
  } catch (error) {
    if (error instanceof UndertoneError) {
      if (error.code === "cancelled") throw error;
      return { error: { code: error.code, message: error.message } };
    }
    const message = `${path}: an error in undertone itself, please report it: ${String(error)}`;
    return { error: { code: "internal", message } };
  }
}
