import type { FileResult } from "../recognition/file-result.node.ts";
import type { Failure } from "../recognition/find-audio.node.ts";
import type { AnalysisStage } from "../recognition/recognize.ts";
import { UndertoneError } from "../shared/errors.ts";
import { FileWarnings } from "./file-warnings.ts";
import { throwIncomplete, throwUntranscribed } from "./incomplete.ts";
import type { ProgressDisplay } from "./progress.ts";

/** Progress, warnings and failures of one call of `undertone analyze`. */
export interface AnalysisTally {
  /** A warning that holds for all results, shown once. */
  degraded(warning: string): void;
  count(result: FileResult): void;
  /** Progress within a single file, in seconds of audio. */
  progress(doneSec: number, stage: AnalysisStage): void;
  /** Shows the warnings of all results so far. */
  tellWarnings(): void;
  /** @throws UndertoneError the failure of the only file, `some-failed`, `audio-incomplete`, or `network-failed` without all words */
  throwFailures(): void;
}

const worthABarSec = 60;

interface TallyOptions {
  readonly display: ProgressDisplay;
  /** Whether `--resume` continues the results. */
  readonly canResume: boolean;
}

/** Follows the results of `total` files; failures are shown as they come. */
export function createTally(total: number, { display, canResume }: TallyOptions): AnalysisTally {
  const failures: Failure[] = [];
  const incomplete: string[] = [];
  const untranscribed: string[] = [];
  const warnings = new FileWarnings();
  const degradations = new Set<string>();
  let done = 0;
  const show = (): void => {
    if (total < 2) return;
    const facts = failures.length > 0 ? { failed: String(failures.length) } : {};
    display({ label: "analyze", done, total, unit: "files", facts });
  };
  show();
  return {
    degraded: (warning) => {
      degradations.add(warning);
      display.warn(warning);
    },
    count: (result) => {
      done++;
      if ("error" in result) {
        failures.push(result.error);
        if (total > 1) display.warn(result.error.message);
      } else {
        const { file, incomplete: missing, untranscribed: failed } = result;
        if (missing) incomplete.push(file);
        if (failed !== undefined) untranscribed.push(file);
        warnings.add(
          file,
          result.warnings.filter((warning) => !degradations.has(warning)),
        );
      }
      show();
    },
    progress: (doneSec, stage) => {
      if (doneSec < worthABarSec) return;
      display({ label: stage, done: Math.round(doneSec), total: undefined, unit: "s" });
    },
    tellWarnings: () => warnings.show(display),
    throwFailures: () => {
      const [first] = failures;
      if (first === undefined) {
        throwIncomplete(incomplete);
        return throwUntranscribed(untranscribed, canResume);
      }
      if (total > 1) {
        const message = `${failures.length} of ${total} files could not be analyzed.`;
        throw new UndertoneError("some-failed", message);
      }
      if (first.code === "internal") throw new Error(first.message);
      throw new UndertoneError(first.code, first.message);
    },
  };
}
