import type { Recognizer, SegmentEvent } from "../../web/index.ts";
import { WavWriter } from "./pcm.ts";

/** What the page is told of live recording. */
export interface LiveUpdate {
  readonly event: SegmentEvent;
  /** How much sound had come when this was said. */
  readonly receivedSec: number;
}

/** What was recorded. */
export interface LiveResult {
  /** 16-bit WAV at the rate of the microphone. */
  readonly wav: Blob;
  readonly durationSec: number;
}

interface LiveOptions {
  /** Brings blocks of samples; `null` ends them. */
  readonly port: MessagePort;
  /** Hz */
  readonly sampleRate: number;
  readonly onUpdate: (update: LiveUpdate) => void;
}

/** @yields the blocks that come at a port, in order, each once */
async function* blocksOf(
  port: MessagePort,
  onBlock: (block: Float32Array) => void,
): AsyncGenerator<Float32Array> {
  const queue: (Float32Array | null)[] = [];
  let wake: (() => void) | undefined;
  port.addEventListener("message", ({ data }: MessageEvent<Float32Array | null>) => {
    if (data !== null) onBlock(data);
    queue.push(data);
    wake?.();
  });
  port.start();
  for (;;) {
    const block = queue.shift();
    if (block === null) return;
    if (block !== undefined) yield block;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}

/** Recognizes what comes from a microphone as it comes, and keeps it, also where recognition fails. */
export async function recordLive(
  recognizer: Recognizer,
  { port, sampleRate, onUpdate }: LiveOptions,
): Promise<LiveResult> {
  const wav = new WavWriter(sampleRate);
  const blocks = blocksOf(port, (block) => wav.push(block));
  const options = { sampleRate, partialEverySec: 0.5 };
  for await (const event of recognizer.stream(blocks, options)) {
    if (event.type !== "end") onUpdate({ event, receivedSec: wav.durationSec });
  }
  return { wav: wav.finish(), durationSec: wav.durationSec };
}
