/** Where a training stands. */
export type TeachEvent =
  | { readonly stage: "start" }
  | { readonly stage: "download"; readonly done: number; readonly total: number | null }
  | { readonly stage: "features"; readonly done: number; readonly total: number }
  | {
      readonly stage: "fit";
      /** Fits that are done: of each fold for each C, then of all clips. */
      readonly done: number;
      readonly total: number;
      /** Of the fit under way, from 0. */
      readonly iteration: number;
      readonly loss: number;
    }
  | {
      readonly stage: "epoch";
      /** From 1. */
      readonly epoch: number;
      readonly epochs: number;
      /** Clips of the epoch that were seen; all where it has ended. */
      readonly clips: number;
      readonly clipsPerSec: number;
      readonly loss: number;
      /** Unweighted average recall on the held-out fold, where the epoch has ended and there is one. */
      readonly validationUar: number | null;
    };

export type TeachListener = (event: TeachEvent) => void;

/** What interrupts and observes a training. */
export interface TeachHooks {
  readonly onEvent: TeachListener;
  readonly signal: AbortSignal;
}
