import { cutModel } from "../src/graph/cut.ts";
import { decodeModel } from "../src/graph/model-proto.ts";
import { nodeRuntime } from "../src/graph/runtime.node.ts";
import { Session } from "../src/graph/session.ts";
import { heardThrough } from "../src/models/adapter.ts";
import { openEncoders } from "../src/models/open-encoders.ts";
import { readModelCard, type ModelCard } from "../src/models/model-card.ts";
import { stacked } from "../src/models/stacked.ts";
import { openEncoder } from "../src/recognition/open-encoder.node.ts";
import { layWindows } from "../src/recognition/windows.ts";

/** What a model makes of a sound, the mean over its windows, as the analysis lays them. */
export interface Heard {
  readonly probabilities: readonly number[];
  readonly logits: readonly number[];
  readonly distance: number;
}

/** A model with its logits. */
export interface OpenedModel {
  readonly card: ModelCard;
  hear(samples: Float32Array): Promise<Heard>;
}

/** Opens a model that usesAudio and gives a distance. */
export async function openModel(bytes: Uint8Array): Promise<OpenedModel> {
  const card = readModelCard(bytes);
  const logits = before(bytes, "probabilities", ["Identity", "Softmax", "Mul"]);
  const outputs = { probabilities: "probabilities", logits, distance: "distance" };
  const inner = cutModel(bytes, Object.values(outputs));
  const session = await Session.open(nodeRuntime, inner, { threads: 1 });
  const ears = await openEncoders(heardThrough(bytes, card), card.windowSec, (heard) =>
    openEncoder(heard, { threads: 1 }),
  );
  return {
    card,
    async hear(samples) {
      const endSec = samples.length / card.sampleRate;
      const stretch = { startSec: 0, endSec, speechSec: endSec, samples, samplesStartSec: 0 };
      const windows = layWindows(stretch, card).map((window) => window.samples);
      const waveform = stacked(windows, [windows[0]!.length]);
      const feeds = { waveform, ...(await ears.feeds(windows)) };
      const taken = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
      const results = await session.run(Object.fromEntries(taken));
      const mean = (name: keyof typeof outputs): number[] => {
        const values = results[outputs[name]]!;
        const width = values.length / windows.length;
        return Array.from({ length: width }, (_, column) =>
          windows.reduce((sum, _window, row) => sum + values[row * width + column]!, 0),
        ).map((sum) => sum / windows.length);
      };
      return {
        probabilities: mean("probabilities"),
        logits: mean("logits"),
        distance: mean("distance")[0]!,
      };
    },
  };
}

/** Name of what goes into the first of some nodes of a model, that lead to one of its tensors one after the other. */
function before(bytes: Uint8Array, name: string, operators: readonly string[]): string {
  const nodes = decodeModel(bytes).graph?.node ?? [];
  return operators.reduce((output, operator) => {
    const node = nodes.find((one) => one.output[0] === output);
    if (node?.opType !== operator) throw new Error(`No ${operator} makes ${output}.`);
    return node.input[0]!;
  }, name);
}
