import { pitchRules } from "../../audio/pitch.ts";
import { add, multiply, subtract } from "../../graph/operators/arithmetic.ts";
import { concatenate, reshape, slice } from "../../graph/operators/layout.ts";
import { reduceMax } from "../../graph/operators/reduce.ts";
import { scan } from "../../graph/operators/scan.ts";
import { argMax, elementsAt } from "../../graph/operators/selection.ts";
import { constant, node, type Tensor } from "../../graph/tensor.ts";

/** Candidates of all frames, [batch, frames, candidates] each; the first of a frame is the unvoiced one. */
interface Candidates {
  /** Of their frequencies; of no meaning for the unvoiced one. */
  readonly octaves: Tensor;
  readonly scores: Tensor;
}

/**
 * Returns which candidate of each frame is on the path of the highest total score less the costs of transitions, which
 * are multiplied by `scale`: int64 [batch, frames, 1]. A Viterbi search as in `pitch`, its totals relative to the
 * highest of each frame, so that float32 is as exact in the last frame as in the first.
 */
export function bestPath({ octaves, scores }: Candidates, scale: number): Tensor {
  const [, frames, count] = scores.shape;
  const first = (x: Tensor): Tensor =>
    reshape(slice(x, { axis: 1, start: 0, end: 1 }), [x.shape[0]!, count!]);
  const rest = (x: Tensor): Tensor => slice(x, { axis: 1, start: 1, end: frames! });
  const { states, items } = scan({
    states: [first(scores), first(octaves)],
    sequences: [rest(scores), rest(octaves)],
    step: ({ states: [totals, from], items: [score, to] }) => {
      const costs = transitionCosts(from!, to!, scale);
      const reached = subtract(reshape(totals!, [1, count!, 1]), costs);
      const best = reduceMax(reached, { axes: [1] });
      const next = add(best, score!);
      const relative = subtract(next, reduceMax(next, { axes: [1], keepAxes: true }));
      return { states: [relative, to!], items: [reshape(argMax(reached, 1), [1, count!])] };
    },
  });
  const back = scan({
    states: [argMax(states[0]!, 1)],
    sequences: [items[0]!],
    reverse: true,
    step: ({ states: [at], items: [cameFrom] }) => ({
      states: [elementsAt(cameFrom!, at!, 1)],
      items: [at!],
    }),
  });
  return concatenate([reshape(back.states[0]!, [1, 1, 1]), back.items[0]!], 1);
}

/** Costs of the transitions between the candidates of two frames, given in octaves: [batch, from, to]. */
function transitionCosts(from: Tensor, to: Tensor, scale: number): Tensor {
  const { octaveJumpCost, voicedUnvoicedCost } = pitchRules;
  const [batch, count = 0] = from.shape;
  /** One number for the transitions between voiced candidates, another one for those to or from the unvoiced one. */
  const table = (voiced: number, mixed: number): Tensor => {
    const values = Array.from({ length: count ** 2 }, (_, index) => {
      const unvoiced = Number(index < count) + Number(index % count === 0);
      return [voiced, mixed, 0][unvoiced]! * scale;
    });
    return constant(values, [1, count, count]);
  };
  const jumps = subtract(reshape(from, [batch!, count, 1]), reshape(to, [batch!, 1, count]));
  const distances = node("Abs", [jumps], { shape: jumps.shape });
  return add(multiply(distances, table(octaveJumpCost, 0)), table(0, voicedUnvoicedCost));
}
