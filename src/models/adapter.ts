import { TensorProto_DataType } from "onnx-buf";
import type { LowRank } from "../graph/low-rank.ts";
import { decodeModel } from "../graph/model-proto.ts";
import type { NamedValues } from "../graph/emit.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Weights } from "./network.ts";
import type { ModelCard } from "./model-card.ts";
import { inputName, type EncoderName, type EncoderConfig } from "./speech-encoder.ts";

/** What training added to the weights of a published encoder, by their names in its file. */
export type Adapter = ReadonlyMap<string, LowRank>;

/** Which part of an adapter a tensor of an adapted encoder's file is. */
export function adapterPart(name: string): "down" | "up" | undefined {
  if (name.endsWith(".down")) return "down";
  return name.endsWith(".up") ? "up" : undefined;
}

/** Names of the two parts of what is added to an encoder's weight, in a network and in a model's file. */
function adapterNames(encoder: string, weight: string): Record<"down" | "up", string> {
  return { down: `${encoder}.${weight}.down`, up: `${encoder}.${weight}.up` };
}

/** The weight whose `down` has such a name. */
function weightOf(encoder: string, name: string): string | undefined {
  const isDown = name.startsWith(`${encoder}.`) && name.endsWith(".down");
  return isDown ? name.slice(encoder.length + 1, -".down".length) : undefined;
}

/** What a network has learned to add to an encoder's weights. */
export function trainedAdapter(weights: Weights, encoder: EncoderName, rank: number): Adapter {
  const adapter = new Map<string, LowRank>();
  for (const [name, down] of weights) {
    const weight = weightOf(encoder, name);
    if (weight === undefined) continue;
    adapter.set(weight, { rank, down, up: weights.get(adapterNames(encoder, weight).up)! });
  }
  return adapter;
}

/** An adapter as a model's file carries it, for what that calls the encoder. */
export function adapterTensors(encoder: string, adapter: Adapter): NamedValues[] {
  return [...adapter].flatMap(([weight, { rank, down, up }]) => {
    const names = adapterNames(encoder, weight);
    return [
      { name: names.down, shape: [down.length / rank, rank], values: down },
      { name: names.up, shape: [rank, up.length / rank], values: up },
    ];
  });
}

/**
 * The adapter that a model's file carries for what it calls an encoder; an empty one where it carries none.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or carry half of one or what are no numbers
 */
export function readAdapter(model: Uint8Array, encoder: string): Adapter {
  const tensors = new Map(
    decodeModel(model).graph?.initializer.map((tensor) => [tensor.name, tensor]),
  );
  const valuesOf = (name: string, [axis, rank]: readonly [axis: number, rank: number]) => {
    const tensor = tensors.get(name);
    const bytes = Uint8Array.from(tensor?.rawData ?? []); // a copy begins at a multiple of 4
    const size = tensor?.dims.reduce((product, length) => product * Number(length), 4);
    const isWhole = tensor?.dataType === TensorProto_DataType.FLOAT && bytes.length === size;
    const values = isWhole ? new Float32Array(bytes.buffer) : undefined;
    if (values?.every(Number.isFinite) && Number(tensor?.dims[axis]) === rank) return values;
    const message = `The model's adapter of ${encoder} is damaged at ${name}. Get its file again or train anew.`;
    throw new UndertoneError("model-invalid", message);
  };
  const adapter = new Map<string, LowRank>();
  for (const [name, { dims }] of tensors) {
    const weight = weightOf(encoder, name);
    if (weight === undefined) continue;
    const names = adapterNames(encoder, weight);
    const rank = Number(dims[1] ?? 0);
    const down = valuesOf(names.down, [1, rank]);
    adapter.set(weight, { rank, down, up: valuesOf(names.up, [0, rank]) });
  }
  return adapter;
}

/**
 * The layers that a model usesAudio, by encoders with what its file adds to them.
 * @throws UndertoneError as `readAdapter`, and `model-invalid` where an adapter is missing that the card tells of
 */
export function heardThrough(model: Uint8Array, { encoders = [] }: ModelCard): EncoderConfig[] {
  return encoders.map(({ adapted, ...heard }) => {
    if (!adapted) return heard;
    const adapter = readAdapter(model, inputName(heard));
    if (adapter.size > 0) return { ...heard, adapter };
    const message = `The model's adapter of ${heard.name} is missing. Get its file again or train anew.`;
    throw new UndertoneError("model-invalid", message);
  });
}
