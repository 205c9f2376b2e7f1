import type { DataShapes } from "../models/definition.ts";
import { lowestGiven } from "../models/encoder-layers.ts";
import { sentenceEncoderOf, speechEncodersOf, type Experiment } from "../recipes/recipe.ts";
import type { RunOptions } from "./training-request.ts";

/** What an experiment fine-tunes: layers of speech encoders, or the file of a sentence encoder. */
export type FineTunedParts = Pick<DataShapes, "encoder" | "tunable">;

/** Gets what an experiment fine-tunes. @throws UndertoneError what getting an encoder's file throws */
export async function fineTunedParts(
  experiment: Experiment,
  options: Pick<RunOptions, "encoderFile" | "openSentenceEncoder">,
): Promise<FineTunedParts> {
  const { encoders = [] } = speechEncodersOf(experiment) ?? {};
  const tuned = encoders.filter((selection) => selection.tuned > 0);
  if (tuned.length > 0) {
    const { tunableLayers } = await import("../models/tunable-encoder.ts");
    const layers = tuned.map(async (selection) => {
      const first = lowestGiven(selection) + 1;
      const indices = Array.from({ length: selection.tuned }, (_, index) => first + index);
      const file = await options.encoderFile(selection.name);
      return [selection.name, tunableLayers(file, indices)] as const;
    });
    return { tunable: Object.fromEntries(await Promise.all(layers)) };
  }
  if (!experiment.model.inputs.includes("subwords")) return {};
  const { parseOnnx } = await import("../graph/import/onnx-file.ts");
  const reader = await options.openSentenceEncoder(sentenceEncoderOf(experiment)!);
  await reader.close();
  return { encoder: parseOnnx(reader.model) };
}
