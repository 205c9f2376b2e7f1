import type { TaughtScore } from "./score.ts";
import type { TaughtKind } from "./taught-clip.ts";
import type { TooFew } from "./validation-plan.ts";

/** A clip, and what models predicted of it, both [labels]. */
export interface TaughtPrediction {
  readonly id: string;
  readonly label: number;
  /** By a model that was not trained on it; `null` where none was. */
  readonly heldOut: readonly number[] | null;
  /** By the model that is the result. */
  readonly predicted: readonly number[];
}

/** A model that was trained in the page. */
export interface TaughtModel {
  readonly name: string;
  readonly kind: TaughtKind;
  readonly labels: readonly string[];
  /** Its ONNX file, with its card. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly clips: readonly TaughtPrediction[];
  readonly score: TaughtScore | null;
  /** Why there is no score. */
  readonly tooFew: TooFew | null;
}
