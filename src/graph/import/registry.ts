import type { Translator } from "./call.ts";
import { elementwise } from "./translators/elementwise.ts";
import { indexing } from "./translators/indexing.ts";
import { layout } from "./translators/layout.ts";
import { products } from "./translators/products.ts";
import { reductions } from "./translators/reductions.ts";
import { shapes } from "./translators/shapes.ts";

/** The translators of ONNX's operators, by name. */
export const translators: Readonly<Record<string, Translator>> = {
  ...elementwise,
  ...indexing,
  ...layout,
  ...products,
  ...reductions,
  ...shapes,
};
