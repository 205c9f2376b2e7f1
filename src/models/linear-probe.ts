import { clampBelow, divide, multiply, sqrt, subtract } from "../graph/operators/arithmetic.ts";
import { concatenate, reshape } from "../graph/operators/layout.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { Architecture } from "./architectures.ts";
import { audioEncoderShapes, encoderInputs } from "./audio-encoder.ts";
import { dense } from "./layers.ts";
import type { EncoderLayers } from "./speech-encoder.ts";

interface AudioEncoderLinearOptions {
  /** Heard side by side. */
  readonly encoders: readonly EncoderLayers[];
  /** Of longer speech the middle is heard. */
  readonly longestSec: number;
  readonly classes: number;
}

/** Mean and deviation of the layers of pretrained encoders over a clip's frames, and one dense layer over them all. */
export function linearProbe({
  encoders,
  longestSec,
  classes,
}: AudioEncoderLinearOptions): Architecture {
  const heard = encoders.map((layers) => ({ ...layers, tuned: 0 }));
  return {
    inputs: audioEncoderShapes({ encoders: heard, longestSec }),
    classes,
    isPadded: true,
    build(network, inputs) {
      const statistics = encoders.flatMap(({ name }) => {
        const names = encoderInputs(name);
        return momentsOverTime(inputs[names.hidden]!, inputs[names.mask]!);
      });
      return dense(network, "output", { x: concatenate(statistics, 1), units: classes });
    },
  };
}

/** Mean and deviation, both [batch, layers · width], of [batch, frames, layers, width] where mask [batch, frames] is 1. */
function momentsOverTime(frames: Tensor, mask: Tensor): [mean: Tensor, deviation: Tensor] {
  const [batch, length, layers, width] = frames.shape;
  const shown = reshape(mask, [batch!, length!, 1, 1]);
  const count = reduceSum(shown, { axes: [1] });
  const heard = multiply(frames, shown);
  const mean = divide(reduceSum(heard, { axes: [1] }), count);
  const meanSquare = divide(reduceSum(multiply(heard, frames), { axes: [1] }), count);
  const variance = clampBelow(subtract(meanSquare, multiply(mean, mean)), 0);
  const flat = (moments: Tensor): Tensor => reshape(moments, [batch!, layers! * width!]);
  return [flat(mean), flat(sqrt(variance))];
}
