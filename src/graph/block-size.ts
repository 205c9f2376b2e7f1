import { emitModel } from "./emit.ts";
import { toBlocked } from "./operators/blocked/layout.ts";
import { Session, type Runtime } from "./session.ts";
import { input } from "./tensor.ts";

/**
 * Returns how many channels ONNX Runtime's blocked kernels keep together on this machine: 16 with AVX-512, 8 with AVX2.
 * `undefined` where it has no such kernels, as on WebAssembly.
 */
export async function blockSize(runtime: Runtime): Promise<number | undefined> {
  // Reordering rounds the channels up to whole blocks.
  const outputs = { blocked: toBlocked(input("x", [1, 4, 1, 1])) };
  try {
    const session = await Session.open(runtime, emitModel({ outputs }), { threads: 1 });
    const x = { data: new Float32Array(4), shape: [1, 4, 1, 1] };
    const { blocked } = await session.run({ x });
    await session.close();
    return blocked!.length;
  } catch {
    return undefined;
  }
}
