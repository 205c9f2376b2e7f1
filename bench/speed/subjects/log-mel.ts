import { emitModel } from "../../../src/graph/emit.ts";
import { nodeRuntime } from "../../../src/graph/runtime.node.ts";
import { Session } from "../../../src/graph/session.ts";
import { input } from "../../../src/graph/tensor.ts";
import { logMelSpectrogram } from "../../../src/models/front-end.ts";
import { Random } from "../../../src/shared/random.ts";
import { medianSeconds } from "../measure.ts";

/** Lengths in samples, as the peers have them too. */
export interface LogMelSetting {
  readonly nFft: number;
  readonly winLength: number;
  readonly hopLength: number;
  readonly nMels: number;
}

/** Clips of 4.096 s at 16 kHz. */
const clipLength = 65_536;

/** Clips per second of the front end's graph up to the log-mel spectrogram. */
export async function measureLogMel(options: {
  readonly setting: LogMelSetting;
  readonly batch: number;
  readonly threads: number;
  readonly seconds: number;
}): Promise<number> {
  const { setting, batch, threads, seconds } = options;
  // Whole hops: where the clip's length is none, the graph is given a few samples more.
  const frames = Math.ceil(clipLength / setting.hopLength);
  const shape = [batch, frames * setting.hopLength];
  const logMel = logMelSpectrogram(input("waveform", shape), {
    ...setting,
    sampleRate: 16_000,
    fMin: 0,
    fMax: 8000,
    scale: "slaney",
    frames,
    rangeDb: 80,
  });
  const session = await Session.open(nodeRuntime, emitModel({ outputs: { logMel } }), { threads });
  const random = new Random("bench");
  const data = Float32Array.from({ length: shape[0]! * shape[1]! }, () => random.normal());
  const runSec = await medianSeconds(() => session.run({ waveform: { data, shape } }), seconds);
  await session.close();
  return batch / runSec;
}
