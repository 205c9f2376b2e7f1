import { input, nodes, type Tensor } from "../tensor.ts";

/** Tensors of one step of a scan. */
interface Step {
  readonly states: readonly Tensor[];
  readonly items: readonly Tensor[];
}

interface ScanOptions {
  /** What the first step is given, [batch, ..] each. */
  readonly states: readonly Tensor[];
  /** [batch, steps, ..] each; a step is given one item [batch, ..] of each. */
  readonly sequences: readonly Tensor[];
  /** From the last item to the first. */
  readonly reverse?: boolean;
  /** Builds the states that the next step is given, of the same shapes, and what comes of this one, [batch, ..] each. */
  readonly step: (given: Step) => Step;
}

/** Names of the steps' inputs. */
const inputsLike = (kind: string, tensors: readonly Pick<Tensor, "shape" | "type">[]): Tensor[] =>
  tensors.map(({ shape, type }, index) => input(`${kind}_${index}`, shape, type));

/**
 * Takes steps along the second axis of sequences: returns the last states and what comes of all steps, [batch, steps, ..]
 * each, at the places of their items. `step` must use what it is given and constants alone. No gradient flows through.
 * @see ONNX `Scan`
 */
export function scan({ states, sequences, reverse = false, step }: ScanOptions): Step {
  const given = {
    states: inputsLike("state", states),
    items: inputsLike(
      "item",
      sequences.map(({ shape, type }) => ({ shape: shape.toSpliced(1, 1), type })),
    ),
  };
  const made = step(given);
  const steps = sequences[0]!.shape[1]!;
  const direction = Number(reverse);
  const outputs = nodes("Scan", [...states, ...sequences], {
    outputs: [
      ...states,
      ...made.items.map(({ shape, type }) => ({ shape: shape.toSpliced(1, 0, steps), type })),
    ],
    attributes: {
      body: {
        graph: {
          inputs: [...given.states, ...given.items],
          outputs: [...made.states, ...made.items],
        },
      },
      num_scan_inputs: sequences.length,
      scan_input_axes: sequences.map(() => 1),
      scan_input_directions: sequences.map(() => direction),
      scan_output_axes: made.items.map(() => 1),
      scan_output_directions: made.items.map(() => direction),
    },
  });
  return { states: outputs.slice(0, states.length), items: outputs.slice(states.length) };
}
