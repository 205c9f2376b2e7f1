import type { TaughtModel } from "./taught-model.ts";
import type { TaughtClip, TeachJob } from "./taught-clip.ts";

/** What teaching keeps, by its kind. */
export interface Kept {
  /** Of each clip, mono at 16 kHz. */
  readonly samples: Float32Array;
  /** Of each clip and model. */
  readonly features: Float32Array;
  /** Clips that were taught by folder or microphone. */
  readonly clips: TaughtClip;
  /** The training under way, as `current`. */
  readonly job: TeachJob;
  /** What the training under way has finished. */
  readonly progress: readonly (readonly number[])[] | Uint8Array;
  /** The last trained model, as `current`. */
  readonly model: TaughtModel;
}

export type KeptKind = keyof Kept;

/** Keeps what teaching needs after the tab was closed. @throws UndertoneError `disk-full` on `put` */
export interface TeachStore {
  get<Kind extends KeptKind>(kind: Kind, key: string): Promise<Kept[Kind] | undefined>;
  all<Kind extends KeptKind>(kind: Kind): Promise<Kept[Kind][]>;
  put<Kind extends KeptKind>(kind: Kind, key: string, value: Kept[Kind]): Promise<void>;
  delete(kind: KeptKind, key: string): Promise<void>;
  clear(kind: KeptKind): Promise<void>;
}
