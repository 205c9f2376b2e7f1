import { sameShape } from "../shapes.ts";
import type { Shape, Tensor } from "../tensor.ts";
import { constantOf, type Known } from "./known.ts";

/** Says which tensor stands for a weight; undefined keeps the file's values as a constant. */
export type WeightChoice = (
  name: string,
  weight: { readonly shape: Shape; readonly values: Float32Array },
) => Tensor | undefined;

/** The weights of a file while it is imported: each is offered once, under its own name. */
export class Weights {
  readonly #choose: WeightChoice | undefined;
  readonly #chosen = new Map<string, Tensor | undefined>();
  readonly #constants = new Map<string | Known, Tensor>();

  constructor(choose: WeightChoice | undefined) {
    this.#choose = choose;
  }

  /** What stands for a weight in float32, if anything was chosen to. */
  chosen(name: string, { shape, values }: Known): Tensor | undefined {
    if (this.#chosen.has(name)) return this.#chosen.get(name);
    const tensor = this.#choose?.(name, { shape, values: Float32Array.from(values) });
    if (tensor !== undefined && !sameShape(tensor.shape, shape)) {
      throw new RangeError(
        `importGraph: weight ${name} has shape [${shape.join(", ")}], got [${tensor.shape.join(", ")}]`,
      );
    }
    this.#chosen.set(name, tensor);
    return tensor;
  }

  /** Known values as a tensor: what was chosen for the weight that they are, or a constant. */
  tensorOf(values: Known): Tensor {
    const { weight, type } = values;
    const offered =
      weight !== undefined && type === "float32" ? this.chosen(weight, values) : undefined;
    if (offered !== undefined) return offered;
    const key = weight ?? values;
    const constant = this.#constants.get(key) ?? constantOf(values);
    this.#constants.set(key, constant);
    return constant;
  }
}
