import { emotions } from "./emotions.ts";

/** Names of the audio models that come with the package, each in `models/NAME.onnx`. */
export const voiceModels = ["default", "open", "small"] as const;

/** Name of the text model that comes with the package. */
export const shippedTextModel = "words";

/** Name of the speaker embedding that comes with the package. */
export const speakerModel = "speakers";

/** The labels of the audio models. */
export const shippedLabels = {
  default: emotions,
  open: ["neutral", "happy", "sad", "angry", "fearful", "disgust"],
  small: emotions,
} as const satisfies Record<(typeof voiceModels)[number], readonly string[]>;

/** The labels of a model: those of one that comes with the package, or else any. */
export type LabelOf<Model> = Model extends keyof typeof shippedLabels
  ? (typeof shippedLabels)[Model][number]
  : string;
