import { Resampler } from "../../../src/audio/resample.ts";
import { Session } from "../../../src/graph/session.ts";

/** What one part of a program took, in seconds. */
export interface Part {
  readonly part: string;
  readonly wallSec: number;
  /** Of all threads. */
  readonly processorSec: number;
}

const processorSec = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** The part of a graph, by what it takes and gives. */
function partOf(inputs: readonly string[], outputs: readonly string[]): string {
  if (inputs.includes("rows")) return "voice activity";
  if (outputs.includes("last_hidden_state")) return "words: encoder";
  if (inputs.includes("states") || inputs.includes("ids")) return "words: decoder";
  if (inputs.includes("input_values")) return "voice: encoder";
  return "voice and words: heads";
}

/** Measures what the parts of a program take that run from now on; the program must do one thing after another. */
export class PartTimes {
  readonly #parts = new Map<string, { wallSec: number; processorSec: number }>();
  #start = { wall: performance.now(), processor: processorSec() };

  /** Begins to measure graphs and resampling. */
  watch(): void {
    const add = this.#add.bind(this);
    // oxlint-disable-next-line typescript/unbound-method -- it is called with its session
    const { run } = Session.prototype;
    Session.prototype.run = async function (...given) {
      const from = { wall: performance.now(), processor: processorSec() };
      const outputs = await run.apply(this, given);
      add(partOf(this.inputNames, Object.keys(outputs)), from);
      return outputs;
    };
    for (const name of ["push", "finish"] as const) {
      const method = Resampler.prototype[name];
      Resampler.prototype[name] = function (samples: Float32Array = new Float32Array(0)) {
        const from = { wall: performance.now(), processor: processorSec() };
        const resampled = method.call(this, samples);
        add("resampling", from);
        return resampled;
      };
    }
    this.#start = { wall: performance.now(), processor: processorSec() };
  }

  /** Returns the parts, the longest first, and the rest. */
  parts(): Part[] {
    const measured = [...this.#parts].map(([part, times]) => ({ part, ...times }));
    const left = (of: "wallSec" | "processorSec", total: number): number =>
      measured.reduce((sum, each) => sum - each[of], total);
    return [
      ...measured.toSorted((a, b) => b.wallSec - a.wallSec),
      {
        part: "the rest: decoding, finding speech, windows",
        wallSec: left("wallSec", (performance.now() - this.#start.wall) / 1000),
        processorSec: left("processorSec", processorSec() - this.#start.processor),
      },
    ];
  }

  #add(part: string, from: { readonly wall: number; readonly processor: number }): void {
    const times = this.#parts.get(part) ?? { wallSec: 0, processorSec: 0 };
    times.wallSec += (performance.now() - from.wall) / 1000;
    times.processorSec += processorSec() - from.processor;
    this.#parts.set(part, times);
  }
}
