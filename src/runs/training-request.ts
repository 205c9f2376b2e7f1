import type { CorpusOptions } from "../datasets/read-corpus.ts";
import type { Runtime } from "../graph/session.ts";
import type { EncoderName } from "../models/encoder-layers.ts";
import type { SentenceEncoder } from "../models/sentence-encoder.ts";
import type { SentenceEncoderName } from "../models/sentence-encoders.ts";
import type { OpenEncoder } from "../models/speech-encoder.ts";
import type { Transcript } from "../models/example.ts";
import type { Experiment } from "../recipes/recipe.ts";
import type { Logger, ProgressListener } from "../shared/logger.ts";
import type { FeatureTask, FeatureThreads } from "./feature-threads.ts";
import type { RunInfo } from "./run-folder.ts";

export interface TrainingRequest {
  readonly experiment: Experiment;
  /** The corpus, or several that are trained on as one: folders, or tables of clips. */
  readonly data: string | readonly string[];
  /** How to read it where it does not tell by itself. */
  readonly corpusOptions?: CorpusOptions | undefined;
  /** Auxiliary corpora, whose clips are added to the training split. */
  readonly extraData: readonly string[];
  /** Folders of recordings that `training.augmentation.snrDb` adds in place of white and pink noise. */
  readonly noise?: readonly string[] | undefined;
  /** Speech without labels, added to the training split as neutral with little weight. */
  readonly ordinarySpeech?: readonly string[] | undefined;
  /** Folders of sounds in which nobody speaks, which the model learns to tell from speech. */
  readonly notSpeech?: readonly string[] | undefined;
  /** Sentences that are evidence of nothing, for a text model over words. */
  readonly ordinaryText?: readonly string[] | undefined;
  /** A run whose weights training begins with where name and shape agree. */
  readonly initFrom?: string | undefined;
  readonly runFolder: string;
  /** Where features are kept between runs. */
  readonly cacheFolder: string;
  /** Some of the protocol's folds, counted from 1; all where not given. */
  readonly folds?: readonly number[] | undefined;
  /** Continues a run that was stopped, or adds folds to it. */
  readonly resume: boolean;
  /** A run by folds whose test clips calibrate the model, in place of validation clips. */
  readonly calibrateFrom?: string | undefined;
  /** Facts that repeat the run. */
  readonly facts: Pick<RunInfo, "command" | "versions" | "machine">;
}

/** Speech-to-text for files. */
export interface Transcriber {
  transcribe(path: string, signal: AbortSignal | undefined): Promise<Transcript>;
  close(): Promise<void>;
}

/** A pretrained encoder of sentences. */
export type SentenceReader = Pick<SentenceEncoder, "model" | "subwords" | "encode" | "close">;

export interface RunOptions {
  readonly runtime: Runtime;
  /** Opens a pretrained encoder by its name, for text models on its vectors. */
  readonly openSentenceEncoder: (name: SentenceEncoderName) => Promise<SentenceReader>;
  /** Opens a provider of speech-to-text by its name, for recipes that need its transcripts. */
  readonly openTranscriber: (provider: string) => Promise<Transcriber>;
  /** Opens a pretrained encoder, for models on its layers. */
  readonly openEncoder: OpenEncoder;
  /** Starts threads that compute features, where the machine has cores for several. */
  readonly startFeatureThreads?: (task: FeatureTask) => Promise<FeatureThreads | undefined>;
  /** Gets the file of a pretrained encoder, for recipes that tune its layers. */
  readonly encoderFile: (name: EncoderName) => Promise<Uint8Array>;
  readonly onProgress: ProgressListener;
  readonly logger: Logger;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
