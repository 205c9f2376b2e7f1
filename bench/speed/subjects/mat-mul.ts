import { emitModel } from "../../../src/graph/emit.ts";
import { matMul } from "../../../src/graph/operators/matrix.ts";
import { reduceMean } from "../../../src/graph/operators/reduce.ts";
import { nodeRuntime } from "../../../src/graph/runtime.node.ts";
import { Session } from "../../../src/graph/session.ts";
import { constant, input, type Tensor } from "../../../src/graph/tensor.ts";
import { Random } from "../../../src/shared/random.ts";
import { medianSeconds } from "../measure.ts";

const size = 1024;
const products = 8;

/**
 * GFLOP/s of a 1024³ matrix product, the yardstick for what this machine can do. The right operand
 * is constant, as a weight is, and several products follow each other, so that neither packing nor
 * handing the result back to JavaScript counts.
 */
export async function measureMatMul(options: {
  readonly threads: number;
  readonly seconds: number;
}): Promise<number> {
  const { threads, seconds } = options;
  const random = new Random("bench");
  const values = Float32Array.from({ length: size * size }, () => random.normal());
  // Entries of variance 1 / size keep those of every product at 1.
  const right = constant(
    values.map((value) => value / Math.sqrt(size)),
    [size, size],
  );
  let product: Tensor = input("left", [size, size]);
  for (let index = 0; index < products; index++) product = matMul(product, right);
  const outputs = { mean: reduceMean(product, { axes: [0, 1] }) };
  const session = await Session.open(nodeRuntime, emitModel({ outputs }), { threads });
  const left = { data: values, shape: [size, size] };
  const runSec = await medianSeconds(() => session.run({ left }), seconds);
  await session.close();
  return (products * 2 * size ** 3) / runSec / 1e9;
}
