/** How the learning rate goes over a run; lengths as shares of the run or in epochs. */
export type ScheduleOptions =
  | { readonly kind: "constant" }
  /** Multiplied by `factor` every `everyEpochs`. */
  | { readonly kind: "step"; readonly everyEpochs: number; readonly factor: number }
  /** Linear warm-up over `warmUpShare` of the run, then half a cosine down to `finalShare` of the peak. */
  | { readonly kind: "cosine"; readonly warmUpShare: number; readonly finalShare: number }
  /** Cosine up over `warmUpShare` from peak / 25, then cosine down to peak / 250000. @see Smith and Topin 2018 */
  | { readonly kind: "one-cycle"; readonly warmUpShare: number }
  /** Multiplied by `factor` once the validation loss has not improved for more than `patience` epochs, as in PyTorch. */
  | { readonly kind: "reduce-on-plateau"; readonly factor: number; readonly patience: number };

const half = (share: number): number => (1 - Math.cos(Math.PI * share)) / 2;
const between = (from: number, to: number, share: number): number =>
  from + (to - from) * half(share);

/** Where in its run a step stands: `progress` in [0, 1), `epoch` from 0, and past validation losses. */
export interface RunPosition {
  readonly progress: number;
  readonly epoch: number;
  readonly validationLosses: readonly number[];
}

/** Times that more than `patience` epochs had passed without a new best validation loss, each time waiting anew. */
function plateaus(losses: readonly number[], patience: number): number {
  let best = Infinity;
  let waited = 0;
  let count = 0;
  for (const loss of losses) {
    if (loss < best) {
      best = loss;
      waited = 0;
    } else if (++waited > patience) {
      count++;
      waited = 0;
    }
  }
  return count;
}

/** The factor on the peak learning rate at this position. */
export function learningRateFactor(schedule: ScheduleOptions, position: RunPosition): number {
  const { progress, epoch, validationLosses } = position;
  switch (schedule.kind) {
    case "constant":
      return 1;
    case "step":
      return schedule.factor ** Math.floor(epoch / schedule.everyEpochs);
    case "cosine": {
      const { warmUpShare, finalShare } = schedule;
      if (progress < warmUpShare) return progress / warmUpShare;
      return between(1, finalShare, (progress - warmUpShare) / (1 - warmUpShare));
    }
    case "one-cycle": {
      const { warmUpShare } = schedule;
      if (progress < warmUpShare) return between(1 / 25, 1, progress / warmUpShare);
      return between(1, 1 / 250_000, (progress - warmUpShare) / (1 - warmUpShare));
    }
    case "reduce-on-plateau":
      return schedule.factor ** plateaus(validationLosses, schedule.patience);
    default:
      return schedule satisfies never;
  }
}
