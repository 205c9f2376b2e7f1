/** What the API of `undertone studio` answers, as JSON; its client in the page takes the same types. */
import type { Finding } from "../datasets/check.ts";
import type { LeftOut } from "../datasets/omissions.ts";
import type { Comparison } from "../reports/compare-runs.ts";
import type { EpochMetrics } from "../runs/epoch-metrics.ts";
import type { RunInfo } from "../runs/run-folder.ts";
import type { ErrorCode } from "../shared/errors.ts";
import type { RunDimensions, RunEvaluation, RunScores } from "./runs/run-evaluation.ts";

export type { Comparison, RunDimensions, RunEvaluation, RunScores };

/** Why a request is not answered at all; the last ones are those of `undertone serve` alone. */
export type RefusalCode =
  | "token-missing"
  | "wrong-host"
  | "wrong-origin"
  | "not-found"
  | "method-not-allowed"
  | "body-invalid"
  | "body-too-large"
  | "body-too-slow"
  | "body-cut-short"
  | "media-type-unsupported"
  | "model-unknown"
  | "url-refused"
  | "idempotency-conflict"
  | "rate-limited"
  | "overloaded"
  | "timeout"
  | "closing";

/** The body of every answer that is no success. */
export interface ApiError {
  readonly error: {
    readonly code: ErrorCode | RefusalCode | "internal";
    readonly message: string;
  };
}

/** `GET /api/studio` */
export interface StudioFacts {
  readonly version: string;
  readonly runsFolder: string;
}

/** `running`: a process on this machine trains it, wherever it was started. */
export type RunStatus = "running" | "finished" | "stopped";

/** `GET /api/runs`: one run of the list. */
export interface RunRow {
  /** Its folder, relative to that of all runs, with `/`. */
  readonly id: string;
  readonly status: RunStatus;
  readonly foldsDone: number;
  /** Absent while a training that this studio started has not written its `run.json`. */
  readonly info?: RunSummary;
  /** Of its test clips so far, as its last evaluation has them. */
  readonly scores?: RunScores;
  /** Why it cannot be read. */
  readonly problem?: string;
}

/** What the list says of a run. */
export interface RunSummary extends Pick<
  RunInfo,
  "name" | "corpus" | "protocol" | "seed" | "labels" | "dimensions" | "startedAt"
> {
  readonly kind: string;
  readonly leaky: boolean;
  readonly folds: number;
}

/** `GET /api/runs/ID` */
export interface RunDetails {
  readonly id: string;
  readonly folder: string;
  readonly info: RunInfo;
  readonly progress: RunProgress;
  /** `null` before a fold with test clips has finished. */
  readonly evaluation: RunEvaluation | RunDimensions | null;
}

/** `GET /api/runs/ID/progress`, and events `progress` of `GET /api/runs/ID/events`: how far a run is. */
export interface RunProgress {
  readonly status: RunStatus;
  readonly folds: readonly FoldProgress[];
  /** Present where this studio started it. */
  readonly training?: TrainingState;
}

export interface FoldProgress {
  readonly fold: number;
  readonly finished: boolean;
  readonly bestEpoch?: number;
  readonly epochs: readonly EpochMetrics[];
}

/** A training in a process of its own. */
export interface TrainingState {
  readonly runId: string;
  readonly state: "running" | "stopping" | "ended";
  /** The last lines that it printed. */
  readonly log: readonly string[];
  /** `null` while it runs, and where a signal ended it. */
  readonly exitCode: number | null;
}

/** `GET /api/runs/ID/clips?actual=LABEL&predicted=LABEL`: the test clips of a cell of the confusion matrix. */
export interface PredictedClip {
  readonly id: string;
  readonly speakerId: string;
  readonly fold: number;
  readonly actual: string;
  readonly predicted: string;
  /** Calibrated, of the predicted label. */
  readonly confidence: number;
  /** Absent where the studio has no corpus with such a clip. */
  readonly sound?: SoundOf;
}

/** Where a clip can be played: in which corpus, by which id there. */
export interface SoundOf {
  readonly corpusId: string;
  readonly clipId: string;
}

/** `GET /api/recipes`: a recipe that comes with the package. */
export interface RecipeRow {
  readonly name: string;
  readonly kind: string;
  readonly description: string;
}

/** `GET /api/recipes/NAME`: with every default written out, and the JSON Schema of its kind. */
export interface RecipeForm {
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Body of `POST /api/trainings`. */
export interface TrainingOrder {
  readonly recipe: string;
  /** Ids of corpora. */
  readonly corpora: readonly string[];
  /** Changes of the recipe, each `key.path=value` with a value in JSON. */
  readonly settings: readonly string[];
  /** Of the run folder. */
  readonly name: string;
}

/** `GET /api/corpora` */
export interface CorpusRow {
  readonly id: string;
  /** Folder or table. */
  readonly path: string;
}

/** `GET /api/corpora/ID` */
export interface CorpusDetails extends CorpusRow {
  readonly corpus: string;
  readonly clips: number;
  readonly labels: Readonly<Record<string, number>>;
  readonly speakers: Readonly<Record<string, number>>;
  readonly leftOut: readonly LeftOut[];
  readonly warnings: readonly string[];
}

/** `GET /api/corpora/ID/clips?label=&speaker=&text=&offset=&limit=` */
export interface ClipPage {
  /** Clips that the filter lets through. */
  readonly total: number;
  readonly clips: readonly ClipRow[];
}

export interface ClipRow {
  readonly id: string;
  readonly label: string;
  readonly speakerId: string;
  readonly sex?: string;
  readonly transcript?: string;
  readonly split?: string;
}

/** Events of `GET /api/corpora/ID/check`: `progress` until one `findings`, or `problem` with an `ApiError`. */
export interface CheckProgress {
  readonly done: number;
  readonly total: number;
}

export interface CheckResult {
  readonly findings: readonly Finding[];
  /** Counts by label, sex, length and speaker, as an SVG file. */
  readonly picture: string;
}

/** `GET /api/corpora/ID/splits?protocol=`: clips of each speaker by fold and split. */
export interface SplitPlan {
  readonly protocol: string;
  readonly folds: readonly number[];
  readonly speakers: readonly {
    readonly speakerId: string;
    readonly clips: number;
    /** [fold] */
    readonly splits: readonly Readonly<Record<"train" | "validation" | "test", number>>[];
  }[];
}
