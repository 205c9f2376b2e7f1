import type { Translator } from "../call.ts";
import { decodeTensor } from "../decode-tensor.ts";
import { constantIntegers, constantValue, constantScalar } from "../constant-value.ts";

const constantNode: Translator = (call) => {
  const { attributes } = call.node;
  const tensor = attributes.get("value")?.t;
  if (tensor !== undefined) return decodeTensor(tensor);
  const integers = call.integerList("value_ints");
  if (integers !== undefined) return constantIntegers(integers);
  if (attributes.has("value_int")) return constantScalar(call.integer("value_int", 0), "int64");
  if (attributes.has("value_float")) return constantScalar(call.float("value_float", 0), "float32");
  throw call.refusal("its value is neither a tensor nor a number");
};

const range: Translator = (call) => {
  const values = call.constants;
  const [start, limit, step] = values?.map((value) => value.values[0]) ?? [];
  if (values === undefined || start === undefined || limit === undefined || step === undefined)
    throw call.refusal("its bounds depend on values and not on shapes alone");
  const count = Math.max(0, Math.ceil((limit - start) / step));
  return constantValue([count], values[0]!.type, (index) => start + index * step);
};

/** Operators whose result depends on shapes and constants alone. */
export const shapes: Readonly<Record<string, Translator>> = {
  Constant: constantNode,
  Range: range,
  Shape: (call) => {
    const end = call.node.attributes.get("end");
    const last = end === undefined ? undefined : Number(end.i);
    return constantIntegers(call.shape(0).slice(call.integer("start", 0), last));
  },
};
