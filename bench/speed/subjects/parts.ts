import { Resampler } from "../../../src/audio/resample.ts";
import { Session } from "../../../src/graph/session.ts";

/** What one part of a program took, in seconds. */
export interface Part {
  readonly part: string;
  readonly wallSec: number;
}

/** The part of a graph, by what it takes and gives. */
function partOf(inputs: readonly string[], outputs: readonly string[]): string {
  if (inputs.includes("rows")) return "voice activity";
  if (outputs.includes("last_hidden_state")) return "encoder of words and voice";
  if (inputs.includes("states") || inputs.includes("ids")) return "decoder of words";
  if (inputs.includes("input_values")) return "encoder of speech without words";
  return "heads of voice and words";
}

/** Measures what the parts of a program take that run from now on, of which one thread does one after another. */
export class PartTimes {
  readonly #parts = new Map<string, number>();
  #start = performance.now();
  /** When the last part was done: one that was asked for before has waited until then. */
  #lastEnd = 0;

  /** Begins to measure graphs and resampling. */
  watch(): void {
    const add = this.#add.bind(this);
    // oxlint-disable-next-line typescript/unbound-method -- they are called with their session
    const { run, hold } = Session.prototype;
    Session.prototype.run = async function (...given) {
      const from = performance.now();
      const outputs = await run.apply(this, given);
      add(partOf(this.inputNames, Object.keys(outputs)), from);
      return outputs;
    };
    Session.prototype.hold = async function (...given) {
      const from = performance.now();
      const outputs = await hold.apply(this, given);
      add(partOf(this.inputNames, Object.keys(outputs)), from);
      return outputs;
    };
    for (const name of ["push", "finish"] as const) {
      const method = Resampler.prototype[name];
      Resampler.prototype[name] = function (samples: Float32Array = new Float32Array(0)) {
        const from = performance.now();
        const resampled = method.call(this, samples);
        add("resampling", from);
        return resampled;
      };
    }
    this.#start = performance.now();
  }

  /** Returns the parts, the longest first, and the rest. */
  parts(): Part[] {
    const measured = [...this.#parts].map(([part, wallSec]) => ({ part, wallSec }));
    const all = (performance.now() - this.#start) / 1000;
    const left = measured.reduce((sum, { wallSec }) => sum - wallSec, all);
    return [
      ...measured.toSorted((a, b) => b.wallSec - a.wallSec),
      { part: "the rest: decoding, finding speech, windows", wallSec: left },
    ];
  }

  #add(part: string, from: number): void {
    const now = performance.now();
    const sec = (now - Math.max(from, this.#lastEnd)) / 1000;
    this.#lastEnd = now;
    this.#parts.set(part, (this.#parts.get(part) ?? 0) + sec);
  }
}
