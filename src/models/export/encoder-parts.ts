import { cutModel } from "../../graph/cut.ts";
import { emitModel } from "../../graph/emit.ts";
import type { ModelPart } from "../../graph/join.ts";
import { lengthOf, padAfter } from "../../graph/operators/any-length.ts";
import { subtract } from "../../graph/operators/arithmetic.ts";
import { concatenate } from "../../graph/operators/layout.ts";
import { constant, input, integers, node } from "../../graph/tensor.ts";
import { upgradeAxes } from "../../graph/upgrade.ts";
import {
  encoderInputs,
  encoderShapes,
  layerOutput,
  speechEncoders,
  type EncoderLayers,
} from "../encoder-layers.ts";
import { whisperFeatures, whisperFrontEnd, whisperPositions } from "../whisper-input.ts";

/** Returns the parts from `speech` [batch, samples] to the inputs that a head gets of an encoder, whose file is given. */
export function encoderParts(
  selection: EncoderLayers,
  file: Uint8Array,
  longestSec: number,
): ModelPart[] {
  const { name, layers } = selection;
  const { family } = speechEncoders[name];
  const own = (tensor: string): string => `${name}.${tensor}`;
  const outputs = layers.map((layer) => layerOutput(layer, family));
  const isWhisper = family === "whisper";
  const cut = upgradeAxes(cutModel(file, outputs, isWhisper ? [whisperPositions] : []));
  const given = isWhisper ? [whisperFeatures, whisperPositions] : [];
  const names = new Map([...given, ...outputs].map((tensor) => [tensor, own(tensor)]));
  const frontEnd = isWhisper ? [{ bytes: whisperFrontEnd(file, longestSec).bytes, names }] : [];
  const encoder = { bytes: cut, names: new Map([...names, ["input_values", "speech"]]) };
  return [...frontEnd, encoder, stackedPart(selection, outputs.map(own), longestSec)];
}

/** From layers, each [batch, frames, width], to those side by side at each frame, and their mask, both padded with zeros. */
function stackedPart(
  selection: EncoderLayers,
  layers: readonly string[],
  longestSec: number,
): ModelPart {
  const { width } = speechEncoders[selection.name];
  const names = encoderInputs(selection.name);
  const shapes = encoderShapes({ encoders: [{ ...selection, tuned: 0 }], longestSec });
  const frames = shapes[names.mask]![0]!;
  const stacked = concatenate(
    layers.map((layer) =>
      node("Unsqueeze", [input(layer, [1, frames, width]), integers([2])], {
        shape: [1, frames, 1, width],
      }),
    ),
    2,
  );
  const batchAndFrames = node("Shape", [stacked], {
    shape: [2],
    type: "int64",
    attributes: { start: 0, end: 2 },
  });
  const shown = node("Expand", [constant([1], [1, 1]), batchAndFrames], { shape: [1, frames] });
  const count = subtract(integers([frames]), lengthOf(stacked, 1));
  const padding = { axis: 1, count, length: frames };
  const bytes = emitModel({
    outputs: { [names.hidden]: padAfter(stacked, padding), [names.mask]: padAfter(shown, padding) },
    freeBatch: true,
  });
  return { bytes };
}
