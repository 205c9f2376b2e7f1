import { matMul } from "../../operators/matrix.ts";
import { stridedConvolution } from "../../operators/strided-convolution.ts";
import type { Tensor } from "../../tensor.ts";
import type { Call, Translator } from "../call.ts";
import { dequantized } from "../quantized.ts";
import { constantScalar } from "../constant-value.ts";

const matrixProduct: Translator = (call) => matMul(call.tensor(0), call.tensor(1));

function convolved(call: Call, filters: Tensor, bias?: Tensor): Tensor {
  const padding = call.text("auto_pad", "NOTSET");
  if (padding !== "NOTSET" && padding !== "VALID") throw call.refusal(`it pads as ${padding}`);
  const rank = filters.shape.length - 2;
  const pads = call.integerList("pads") ?? Array.from({ length: 2 * rank }, () => 0);
  return stridedConvolution(call.tensor(0), filters, {
    stride: call.integerList("strides") ?? 1,
    padding: Array.from({ length: rank }, (_, axis) => [pads[axis]!, pads[axis + rank]!]),
    dilation: call.integerList("dilations") ?? 1,
    groups: call.integer("group", 1),
    ...(bias === undefined ? {} : { bias }),
  });
}

/**
 * A product with a quantized weight, whose scale the file applies afterwards. `axis` of the weight is that of its
 * scales, where it has several.
 */
function quantizedProduct(
  axis: (rank: number) => number,
  product: (call: Call, weight: Tensor) => Tensor,
): Translator {
  return (call) => {
    const bytes = call.constantAt(1);
    if (bytes === undefined) throw call.refusal("its second factor is no constant");
    const zeroPoint = call.constantAt(3);
    const rounding = { zeroPoint, axis: axis(bytes.shape.length) };
    return {
      kind: "unscaled",
      scaled: (scale) => product(call, call.tensorOf(dequantized(bytes, { ...rounding, scale }))),
    };
  };
}

/**
 * Matrix products and convolutions. Where a file quantizes activations, the quantization is left out: products of bytes
 * become products of floats, which can be trained.
 */
export const products: Readonly<Record<string, Translator>> = {
  MatMul: matrixProduct,
  Conv: (call) =>
    convolved(call, call.tensor(1), call.inputs[2] === undefined ? undefined : call.tensor(2)),
  DynamicQuantizeLinear: (call) => [
    call.tensor(0),
    constantScalar(1, "float32"),
    constantScalar(0, "uint8"),
  ],
  MatMulInteger: quantizedProduct(
    (rank) => rank - 1,
    (call, weight) => matMul(call.tensor(0), weight),
  ),
  ConvInteger: quantizedProduct(
    () => 0,
    (call, weight) => convolved(call, weight),
  ),
  DequantizeLinear: (call) => {
    const [value, scale, zeroPoint] = [call.inputs[0], call.constantAt(1), call.constantAt(2)];
    if (value === undefined || scale === undefined) throw call.refusal("its scale is no constant");
    if ("kind" in value && value.kind === "unscaled") return value.scaled(scale, zeroPoint);
    const bytes = call.constantAt(0);
    if (bytes === undefined) throw call.refusal("its input is not quantized");
    return dequantized(bytes, {
      scale,
      zeroPoint,
      axis: scale.values.length === 1 ? 0 : call.axis(1),
    });
  },
};
