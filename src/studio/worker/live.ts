import type { Recognizer, SegmentEvent } from "../../web/index.ts";
import { WavWriter } from "./pcm.ts";

/** What was recorded. */
export interface LiveResult {
  /** 16-bit WAV at the rate of the microphone. */
  readonly wav: Blob;
  /** Why not all of it was recognized as it came; `null` where it was. */
  readonly problem: string | null;
}

interface LiveOptions {
  /** Brings blocks of samples; `null` ends them. */
  readonly port: MessagePort;
  /** Hz */
  readonly sampleRate: number;
  readonly onSegment: (event: SegmentEvent) => void;
}

/** Blocks that come at a port, in order, each once; ends with `null`. */
class BlockQueue {
  readonly ended: Promise<void>;
  readonly #blocks: (Float32Array | null)[] = [];
  #wake: (() => void) | undefined;

  constructor(port: MessagePort, onBlock: (block: Float32Array) => void) {
    this.ended = new Promise((resolve) => {
      port.addEventListener("message", ({ data }: MessageEvent<Float32Array | null>) => {
        if (data === null) resolve();
        else onBlock(data);
        this.#blocks.push(data);
        this.#wake?.();
      });
    });
    port.start();
  }

  /** @yields the blocks as they come */
  async *[Symbol.asyncIterator](): AsyncGenerator<Float32Array> {
    for (;;) {
      const block = this.#blocks.shift();
      if (block === null) return;
      if (block !== undefined) yield block;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** Recognizes what comes from a microphone as it comes, and keeps it, also where recognition fails. */
export async function recordLive(
  recognizer: Recognizer,
  { port, sampleRate, onSegment }: LiveOptions,
): Promise<LiveResult> {
  const wav = new WavWriter(sampleRate);
  const blocks = new BlockQueue(port, (block) => wav.push(block));
  let problem: string | null = null;
  try {
    for await (const event of recognizer.stream(blocks, { sampleRate, partialEverySec: 0.5 })) {
      if (event.type !== "end") onSegment(event);
    }
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
    await blocks.ended;
  }
  return { wav: wav.finish(), problem };
}
