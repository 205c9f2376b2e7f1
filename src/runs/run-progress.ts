import type { ProgressListener } from "../shared/logger.ts";
import type { FitProgress } from "../training/fit-network.ts";

interface RunPlan {
  /** Clips in the training split of each fold to train, by the fold's number. */
  readonly clips: ReadonlyMap<number, number>;
  readonly epochs: number;
}

const sumOf = (clips: ReadonlyMap<number, number>): number =>
  [...clips.values()].reduce((sum, count) => sum + count, 0);

/** Shows training as two bars: the run over all epochs of all its folds, and the epoch within it. */
export class RunProgress {
  readonly #plan: RunPlan;
  readonly #onProgress: ProgressListener;
  readonly #done = new Map<number, number>();
  readonly #total = new Map<number, number>();

  constructor(plan: RunPlan, onProgress: ProgressListener) {
    this.#plan = plan;
    this.#onProgress = onProgress;
    for (const [fold, clips] of plan.clips) this.#total.set(fold, clips * plan.epochs);
  }

  step(fold: number, { epoch, clips, loss }: FitProgress): void {
    const { clips: planned, epochs } = this.#plan;
    const total = planned.get(fold)!;
    this.#done.set(fold, (epoch - 1) * total + clips);
    this.#report(fold);
    this.#onProgress({
      label: "epoch",
      nested: true,
      done: clips,
      total,
      unit: "clips",
      facts: { epoch: `${epoch} of ${epochs}`, loss: loss.toFixed(3) },
    });
  }

  /** Early stopping leaves epochs out; they no longer count as work to do. */
  finish(fold: number): void {
    const done = this.#done.get(fold) ?? 0;
    const stoppedEarly = done > 0 && done < this.#total.get(fold)!;
    this.#total.set(fold, done);
    if (stoppedEarly) this.#report(fold);
  }

  #report(fold: number): void {
    this.#onProgress({
      label: "run",
      done: sumOf(this.#done),
      total: sumOf(this.#total),
      unit: "clips",
      facts: this.#total.size > 1 ? { fold: String(fold) } : {},
    });
  }
}
