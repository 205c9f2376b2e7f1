import { sameShape } from "../shapes.ts";
import type { Shape, Tensor } from "../tensor.ts";
import { tensorOfConstant, type ConstantValue } from "./constant-value.ts";

/** Returns the tensor that replaces a weight; undefined keeps the file's values as a constant. */
export type WeightChoice = (
  name: string,
  weight: { readonly shape: Shape; readonly values: Float32Array },
) => Tensor | undefined;

/** The weights of a file during import: each is offered once, under its own name. */
export class Weights {
  readonly #choose: WeightChoice | undefined;
  readonly #replacements = new Map<string, Tensor | undefined>();
  readonly #constants = new Map<string | ConstantValue, Tensor>();

  constructor(choose: WeightChoice | undefined) {
    this.#choose = choose;
  }

  /** Returns the tensor that replaces a float32 weight, if there is one. */
  replacementOf(name: string, { shape, values }: ConstantValue): Tensor | undefined {
    if (this.#replacements.has(name)) return this.#replacements.get(name);
    const tensor = this.#choose?.(name, { shape, values: Float32Array.from(values) });
    if (tensor !== undefined && !sameShape(tensor.shape, shape)) {
      throw new RangeError(
        `importGraph: weight ${name} has shape [${shape.join(", ")}], got [${tensor.shape.join(", ")}]`,
      );
    }
    this.#replacements.set(name, tensor);
    return tensor;
  }

  /** Returns a constant as a tensor: the replacement of its weight, or a constant of the graph. */
  tensorOf(values: ConstantValue): Tensor {
    const { weight, type } = values;
    const replacement =
      weight !== undefined && type === "float32" ? this.replacementOf(weight, values) : undefined;
    if (replacement !== undefined) return replacement;
    const key = weight ?? values;
    const constant = this.#constants.get(key) ?? tensorOfConstant(values);
    this.#constants.set(key, constant);
    return constant;
  }
}
