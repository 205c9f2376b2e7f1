import { emotions } from "../../../src/shared/emotions.ts";
import type { Random } from "../../../src/shared/random.ts";

/** Draws a label for each example of a batch: targets `[batch, emotions]`, weighted to the mean loss of the batch. */
export function randomTargets(batchSize: number, random: Random): Float32Array {
  const classes = emotions.length;
  const targets = new Float32Array(batchSize * classes);
  for (let example = 0; example < batchSize; example++)
    targets[example * classes + random.integer(classes)] = 1 / batchSize;
  return targets;
}
