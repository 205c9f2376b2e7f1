import { Session, type Runtime } from "../graph/session.ts";
import { rowLength, stateWidth } from "./silero-shape.ts";

/** Samples of a frame: 32 ms. */
export const frameLength = 512;
/** Samples of the frame before that the model sees again. */
const contextLength = 64;
/** Frames that are scored at once, which bounds the memory. */
const mostFrames = 128;

/** The speech probabilities of one stream's frames, one after the other. */
export interface FrameScorer {
  /** Takes the next whole frames [frames · frameLength]; resolves to the probability of each, 0 to 1. */
  score(frames: Float32Array): Promise<Float32Array>;
}

/** What the model carries from frames to the next ones. */
interface ModelState {
  readonly hidden: Float32Array;
  readonly cell: Float32Array;
  /** The last samples. */
  readonly context: Float32Array;
}

/** What a stream carries from frames to the next ones: of the sound as it is, and an octave lower. */
export interface StreamState {
  readonly asIs: ModelState;
  readonly lower: ModelState;
}

/** Probabilities of frames, and the stream's state after them. */
export interface ScoredFrames {
  readonly scores: Float32Array;
  readonly state: StreamState;
}

const silence = (): ModelState => ({
  hidden: new Float32Array(stateWidth),
  cell: new Float32Array(stateWidth),
  context: new Float32Array(contextLength),
});

/** Begins a stream whose state is passed on from frames to frames. */
export function startStream(
  score: (frames: Float32Array, state: StreamState) => Promise<ScoredFrames>,
): FrameScorer {
  let state: StreamState = { asIs: silence(), lower: silence() };
  return {
    score: async (frames) => {
      const scored = await score(frames, state);
      state = scored.state;
      return scored.scores;
    },
  };
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

  /** Begins a stream. */
  start(): FrameScorer {
    return startStream((frames, state) => this.score(frames, state));
  }

  /**
   * Scores a stream's next whole frames [frames · frameLength]. Each is scored twice, also an octave lower, and the higher
   * probability counts: at its own pitch the model misses high shouting and crying.
   */
  async score(frames: Float32Array, state: StreamState): Promise<ScoredFrames> {
    const scores = new Float32Array(frames.length / frameLength);
    let { asIs, lower } = state;
    for (let first = 0; first < scores.length; first += mostFrames) {
      const some = frames.subarray(first * frameLength, (first + mostFrames) * frameLength);
      const own = await this.#probabilities(some, asIs);
      const halves = await this.#probabilities(slowed(some, asIs.context.at(-1)!), lower);
      [asIs, lower] = [own.state, halves.state];
      for (const [n, score] of own.probabilities.entries()) {
        const [a, b] = [halves.probabilities[2 * n]!, halves.probabilities[2 * n + 1]!];
        scores[first + n] = Math.max(score, a, b);
      }
    }
    return { scores, state: { asIs, lower } };
  }

  async #probabilities(
    frames: Float32Array,
    { hidden, cell, context }: ModelState,
  ): Promise<{ readonly probabilities: Float32Array; readonly state: ModelState }> {
    const count = frames.length / frameLength;
    const rows = new Float32Array(count * rowLength);
    let before = context;
    for (let n = 0; n < count; n++) {
      const frame = frames.subarray(n * frameLength, (n + 1) * frameLength);
      rows.set(before, n * rowLength);
      rows.set(frame, n * rowLength + contextLength);
      // Mirrored at its last sample.
      const end = n * rowLength + contextLength + frameLength;
      for (let at = 0; at < rowLength - contextLength - frameLength; at++) {
        rows[end + at] = frame[frameLength - 2 - at]!;
      }
      before = frame.subarray(-contextLength);
    }
    const stateShape = [1, 1, stateWidth];
    const outputs = await this.#session.run({
      rows: { data: rows, shape: [count, rowLength] },
      hidden: { data: hidden, shape: stateShape },
      cell: { data: cell, shape: stateShape },
    });
    return {
      probabilities: outputs["probabilities"]!,
      state: {
        hidden: Float32Array.from(outputs["nextHidden"]!),
        cell: Float32Array.from(outputs["nextCell"]!),
        context: Float32Array.from(before),
      },
    };
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

/** Returns samples an octave lower, after the one `before` them: linear interpolation is enough for this model. */
function slowed(samples: Float32Array, before: number): Float32Array {
  const twice = new Float32Array(2 * samples.length);
  for (let n = 0; n < samples.length; n++) {
    twice[2 * n] = ((n === 0 ? before : samples[n - 1]!) + samples[n]!) / 2;
    twice[2 * n + 1] = samples[n]!;
  }
  return twice;
}
