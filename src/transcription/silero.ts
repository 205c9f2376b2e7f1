import { Session, type Runtime } from "../graph/session.ts";
import { speechSampleRate } from "./transcript.ts";

/** Samples of a frame: 32 ms. */
export const frameLength = 512;
/** Samples of the frame before that the model sees again. */
const contextLength = 64;
const stateShape = [2, 1, 128];

/** The speech probability of one stream's frames, one after the other. */
export interface FrameScorer {
  /** Takes the next `frameLength` samples; 0 to 1. */
  score(frame: Float32Array): Promise<number>;
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
    // So small a recurrent model only loses time to a second thread.
    return new Silero(await Session.open(runtime, model, { threads: 1 }));
  }

  /**
   * Begins a stream. Each frame is scored twice, also an octave lower, and the higher probability counts: at its
   * own pitch the model misses high shouting and crying.
   */
  start(): FrameScorer {
    const asIs = this.#stream();
    const lower = this.#stream();
    let last = 0;
    return {
      score: async (frame) => {
        const slowed = new Float32Array(2 * frameLength); // linear interpolation is enough for this model
        for (const [n, sample] of frame.entries()) {
          slowed[2 * n] = (last + sample) / 2;
          slowed[2 * n + 1] = sample;
          last = sample;
        }
        return Math.max(
          await asIs.score(frame),
          await lower.score(slowed.subarray(0, frameLength)),
          await lower.score(slowed.subarray(frameLength)),
        );
      },
    };
  }

  /** The model's state is carried from frame to frame. */
  #stream(): FrameScorer {
    let state: Float32Array = new Float32Array(256);
    const input = new Float32Array(contextLength + frameLength);
    const rate = { data: BigInt64Array.of(BigInt(speechSampleRate)), shape: [] };
    return {
      score: async (frame) => {
        input.copyWithin(0, frameLength);
        input.set(frame, contextLength);
        const outputs = await this.#session.run({
          input: { data: input, shape: [1, input.length] },
          state: { data: state, shape: stateShape },
          sr: rate,
        });
        state = outputs["stateN"]!;
        return outputs["output"]![0]!;
      },
    };
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
