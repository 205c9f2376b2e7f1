import { Session, type Runtime } from "../graph/session.ts";
import { rowLength, stateWidth } from "./silero-shape.ts";

/** Samples of a frame: 32 ms. */
export const frameLength = 512;
/** Samples of the frame before that the model sees again. */
const contextLength = 64;
/** Frames that are scored at once, which bounds the memory. */
const mostFrames = 512;

/** The speech probabilities of one stream's frames, one after the other. */
export interface FrameScorer {
  /** Takes the next whole frames [frames · frameLength]; resolves to the probability of each, 0 to 1. */
  score(frames: Float32Array): Promise<Float32Array>;
}

/**
 * Silero's voice activity model, version 5 or 6.
 * @see https://github.com/snakers4/silero-vad `OnnxWrapper` in utils_vad.py
 */
export class Silero {
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
  }

  /** @throws UndertoneError `model-invalid` */
  static async open(runtime: Runtime, model: Uint8Array): Promise<Silero> {
    const { sileroGraph } = await import("./silero-graph.ts");
    // So small a recurrent model only loses time to a second thread.
    return new Silero(await Session.open(runtime, sileroGraph(model), { threads: 1 }));
  }

  /**
   * Begins a stream. Each frame is scored twice, also an octave lower, and the higher probability counts: at its
   * own pitch the model misses high shouting and crying.
   */
  start(): FrameScorer {
    const asIs = this.#stream();
    const lower = this.#stream();
    let last = 0;
    async function scoreSome(frames: Float32Array): Promise<Float32Array> {
      const slowed = new Float32Array(2 * frames.length); // linear interpolation is enough for this model
      for (let n = 0; n < frames.length; n++) {
        const sample = frames[n]!;
        slowed[2 * n] = (last + sample) / 2;
        slowed[2 * n + 1] = sample;
        last = sample;
      }
      const [own, halves] = [await asIs.score(frames), await lower.score(slowed)];
      return own.map((score, n) => Math.max(score, halves[2 * n]!, halves[2 * n + 1]!));
    }
    return {
      score: async (frames) => {
        const scores = new Float32Array(frames.length / frameLength);
        for (let first = 0; first < scores.length; first += mostFrames) {
          const some = frames.subarray(first * frameLength, (first + mostFrames) * frameLength);
          scores.set(await scoreSome(some), first);
        }
        return scores;
      },
    };
  }

  /** The model's state is carried from frames to frames. */
  #stream(): FrameScorer {
    let hidden = new Float32Array(stateWidth);
    let cell = new Float32Array(stateWidth);
    let context = new Float32Array(contextLength);
    return {
      score: async (frames) => {
        const count = frames.length / frameLength;
        const rows = new Float32Array(count * rowLength);
        for (let n = 0; n < count; n++) {
          const frame = frames.subarray(n * frameLength, (n + 1) * frameLength);
          rows.set(context, n * rowLength);
          rows.set(frame, n * rowLength + contextLength);
          // Mirrored at its last sample.
          const end = n * rowLength + contextLength + frameLength;
          for (let at = 0; at < rowLength - contextLength - frameLength; at++) {
            rows[end + at] = frame[frameLength - 2 - at]!;
          }
          context = frame.slice(-contextLength);
        }
        const stateShape = [1, 1, stateWidth];
        const outputs = await this.#session.run({
          rows: { data: rows, shape: [count, rowLength] },
          hidden: { data: hidden, shape: stateShape },
          cell: { data: cell, shape: stateShape },
        });
        hidden = Float32Array.from(outputs["nextHidden"]!);
        cell = Float32Array.from(outputs["nextCell"]!);
        return outputs["probabilities"]!;
      },
    };
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
