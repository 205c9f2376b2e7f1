import { create, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorShapeProto_DimensionSchema, type GraphProto } from "onnx-buf";
import { cutModel } from "../graph/cut.ts";
import { emitModel } from "../graph/emit.ts";
import { joinModels, type ModelPart } from "../graph/join.ts";
import { decodeModel } from "../graph/model-proto.ts";
import {
  clampBelow,
  divide,
  maximum,
  multiply,
  sqrt,
  subtract,
} from "../graph/operators/arithmetic.ts";
import { concatenate } from "../graph/operators/layout.ts";
import { reduceMax, reduceMean } from "../graph/operators/reduce.ts";
import { input, scalar, type Tensor } from "../graph/tensor.ts";
import { upgradeReductions } from "../graph/upgrade.ts";
import { UndertoneError } from "../shared/errors.ts";
import { maxPeak, targetRms } from "../audio/level.ts";
import { layerOutput, speechEncoders, type EncoderLayers } from "./encoder-layers.ts";
import { cardKey, readModelCard } from "./model-card.ts";

const statistics = "statistics";
const encoderInput = "input_values";

/**
 * Returns a linear probe and its encoder as one ONNX file: `waveform` [batch, samples] at 16 kHz, of any length from half a
 * second, to `probabilities` [batch, labels], and `distance` [batch] where the probe gives one. Level is normalized inside;
 * which part of a recording is speech is for the caller to say.
 * @throws UndertoneError `model-invalid` for a model that is no linear probe over one Moonshine encoder
 */
export function exportSelfContained(head: Uint8Array, encoder: Uint8Array): Uint8Array {
  const { encoders = [], ...card } = readModelCard(head);
  const [selection] = encoders;
  const pooled = pooledTensor(decodeModel(head).graph);
  if (encoders.length !== 1 || !selection || !pooled || !isMoonshine(selection)) {
    const problem = "it is no linear probe over one Moonshine encoder";
    throw new UndertoneError(
      "model-invalid",
      `${card.name} does not fit into one file: ${problem}.`,
    );
  }
  const layers = selection.layers.map((layer) => layerOutput(layer));
  const outputs = ["probabilities", ...(card.notSpeech ? ["distance"] : [])];
  const parts = [
    levelPart(),
    { bytes: upgradeReductions(cutModel(encoder, layers)), names: new Map() },
    statisticsPart(layers, speechEncoders[selection.name].width),
    { bytes: cutModel(head, outputs, [pooled]), names: new Map([[pooled, statistics]]) },
  ];
  const metadata = { [cardKey]: JSON.stringify(card) };
  return ofAnyLength(joinModels(parts, { outputs, metadata }));
}

const isMoonshine = ({ name }: EncoderLayers): boolean =>
  speechEncoders[name].family === "moonshine";

const trained = new Set(["output.weight", "output.bias"]);

/** Returns the name of what the output layer is multiplied with; `undefined` where other layers are trained, too. */
function pooledTensor({ node, initializer }: GraphProto): string | undefined {
  if (initializer.some(({ name }) => !trained.has(name) && !name.startsWith("constant_")))
    return undefined;
  const weights = node.find(({ input: [first] }) => first === "output.weight")?.output[0];
  return node.find(({ input: [, second] }) => second !== undefined && second === weights)?.input[0];
}

/** Samples at one level, as `normalizeLevel` does it; lengths are examples, which no constant holds. */
function levelPart(): ModelPart {
  const waveform = input("waveform", [1, 64_000]);
  const squares = multiply(waveform, waveform);
  const over = { axes: [1], keepAxes: true };
  const rms = divide(sqrt(reduceMean(squares, over)), scalar(targetRms));
  const peak = divide(sqrt(reduceMax(squares, over)), scalar(maxPeak));
  const level = clampBelow(maximum(rms, peak), 1e-20);
  const bytes = emitModel({
    outputs: { [encoderInput]: divide(waveform, level) },
    freeBatch: true,
  });
  return { bytes, names: new Map() };
}

/** Mean and deviation over frames of the layers, [batch, 2 · layers · width]. */
function statisticsPart(layers: readonly string[], width: number): ModelPart {
  const moments = layers.map((layer): [mean: Tensor, deviation: Tensor] => {
    const frames = input(layer, [1, 166, width]);
    const mean = reduceMean(frames, { axes: [1] });
    const meanSquare = reduceMean(multiply(frames, frames), { axes: [1] });
    const variance = clampBelow(subtract(meanSquare, multiply(mean, mean)), 0);
    return [mean, sqrt(variance)];
  });
  const all = [...moments.map(([mean]) => mean), ...moments.map(([, deviation]) => deviation)];
  const outputs = { [statistics]: concatenate(all, 1) };
  return { bytes: emitModel({ outputs, freeBatch: true }), names: new Map() };
}

/** Makes the second axis of the waveform dynamic. */
function ofAnyLength(file: Uint8Array): Uint8Array {
  const model = decodeModel(file);
  const type = model.graph.input[0]?.type?.value;
  if (type?.case !== "tensorType") throw new RangeError("ofAnyLength: no tensor goes in");
  type.value.shape!.dim[1] = create(TensorShapeProto_DimensionSchema, {
    value: { case: "dimParam", value: "samples" },
  });
  return toBinary(ModelProtoSchema, model);
}
