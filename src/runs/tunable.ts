import type { DataShapes } from "../models/architectures.ts";
import { lowestGiven } from "../models/speech-encoder.ts";
import { tunableLayers } from "../models/tunable-encoder.ts";
import { heardLayers, type Recipe } from "./recipe.ts";
import type { RunOptions } from "./training-request.ts";

/** The layers of encoders that training goes on with, by the encoder's name. */
export type Tunable = NonNullable<DataShapes["tunable"]>;

/** Takes the layers that a recipe tunes out of their encoders' files. @throws UndertoneError what getting a file throws */
export async function gatherTunable(
  recipe: Recipe,
  { encoderFile }: Pick<RunOptions, "encoderFile">,
): Promise<Tunable> {
  const tunable: { -readonly [Name in keyof Tunable]: Tunable[Name] } = {};
  for (const heard of heardLayers(recipe).encoders) {
    const { name, tuned } = heard;
    if (tuned === 0) continue;
    const first = lowestGiven(heard) + 1;
    const layers = Array.from({ length: tuned }, (_, index) => first + index);
    tunable[name] = tunableLayers(await encoderFile(name), layers, rankOf(recipe));
  }
  return tunable;
}

const rankOf = ({ model }: Recipe): number | undefined =>
  model.kind === "audio-encoder" ? model.tuning.rank : undefined;
