import type { ValueInfoProto } from "onnx-buf";
import { elementTypes } from "../../graph/file-protos.ts";
import { decodeModel } from "../../graph/model-proto.ts";
import type { DimensionCard, ModelCard, TextModelCard } from "../model-card.ts";

/** A model in one file, and what its layouts say of it. */
export interface ExportedModel {
  /** Of letters, digits, dots, dashes and underscores. */
  readonly name: string;
  /** As `exportSelfContained` returns it. */
  readonly file: Uint8Array;
  readonly card: ModelCard | DimensionCard | TextModelCard;
  /** Content of `tokenizer.json` of the sentence encoder that the card names. */
  readonly tokenizer?: string | undefined;
  /** Corpora that it was trained on and encoders that it contains, with the licenses as far as they are known. */
  readonly origins: readonly {
    readonly name: string;
    readonly license?: string | undefined;
    readonly source?: string | undefined;
  }[];
}

/** Files by their paths in a folder. */
export type Layout = Readonly<Record<string, string | Uint8Array>>;

/** An input or an output of a graph. */
export interface GraphTensor {
  readonly name: string;
  readonly type: "float32" | "int64";
  /** Without the batch axis; `null` is any length. */
  readonly shape: readonly (number | null)[];
}

/** Returns the inputs and the outputs of a model's graph. */
export function graphTensors(
  file: Uint8Array,
): Readonly<Record<"inputs" | "outputs", GraphTensor[]>> {
  const { input, output } = decodeModel(file).graph;
  return { inputs: input.map(tensorOf), outputs: output.map(tensorOf) };
}

const int64: number = elementTypes.int64;

function tensorOf({ name, type }: ValueInfoProto): GraphTensor {
  const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
  const [, ...lengths] = tensor?.shape?.dim ?? [];
  const shape = lengths.map(({ value }) =>
    value.case === "dimValue" ? Number(value.value) : null,
  );
  return { name, type: tensor?.elemType === int64 ? "int64" : "float32", shape };
}

/** Returns the sample rate and the longest window of a model that takes sound; `undefined` for one of words alone. */
export function soundOf({
  card,
}: Pick<ExportedModel, "card">): Pick<ModelCard, "sampleRate" | "windowSec"> | undefined {
  return "sampleRate" in card ? card : undefined;
}

/** Returns what the values of each output are called: labels of emotions, or dimensions. */
export function valueNames({ card }: Pick<ExportedModel, "card">): readonly string[] {
  return "labels" in card ? card.labels : card.dimensions.map(({ name }) => name);
}
