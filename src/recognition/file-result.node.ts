import { UndertoneError } from "../shared/errors.ts";
import type { Analysis } from "./analysis.ts";
import type { Failure, FoundFile } from "./find-audio.node.ts";
import type { Recognizer } from "./load-recognizer.node.ts";

/** What came of analyzing one file. */
export type Outcome = Analysis | { readonly error: Failure };

/** What was asked to answer; results of different ones do not stand in one file. */
export interface Answerer {
  /** See `modelIdOf`. */
  readonly modelId: string;
  /** The same of the model that reads; `null` without a transcript. */
  readonly wordsModelId: string | null;
  /** Name of the provider of speech-to-text; `null` without a transcript. */
  readonly speech: string | null;
  /** The recordings that enrolled the speaker, each by its content; `null` for strangers. */
  readonly speakerId: string | null;
  /** Below it an answer is abstained from. */
  readonly minConfidence: number;
}

/** One line of results: the file as it was, what was asked to answer, and what came of it. */
export type FileResult = Omit<FoundFile, "error"> & Answerer & Outcome;

type Options = Exclude<Parameters<Recognizer["analyze"]>[1], undefined>;

/** Analyses a file; whatever is wrong with it becomes its outcome, only cancelling is thrown. */
export async function outcomeOf(
  recognizer: Recognizer,
  path: string,
  options: Omit<Options, "sampleRate"> = {},
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
