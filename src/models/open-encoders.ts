import type { Feeds } from "../graph/session.ts";
import { openTogether } from "../shared/closing.ts";
import { audioEncoderShapes, encoderInputs } from "./audio-encoder.ts";
import {
  inputName,
  layersByFrame,
  speechEncoders,
  type EncoderConfig,
  type OpenEncoder,
} from "./speech-encoder.ts";
import { stacked } from "./stacked.ts";

/** The encoders that a model usesAudio through. */
interface Ears {
  /** What they make of each window. */
  feeds(windows: readonly Float32Array[]): Promise<Feeds>;
  close(): Promise<void>;
}

/** @throws UndertoneError what getting an encoder throws */
export async function openEncoders(
  encoders: readonly EncoderConfig[],
  longestSec: number,
  openEncoder: OpenEncoder | undefined,
): Promise<Ears> {
  if (encoders.length === 0) return { feeds: async () => ({}), close: async () => {} };
  if (!openEncoder) {
    throw new RangeError(
      `loadModel: a model that usesAudio through ${encoders[0]!.name} needs openEncoder`,
    );
  }
  const shapes = audioEncoderShapes({
    encoders: encoders.map((heard) => ({ ...heard, tuned: 0 })),
    longestSec,
  });
  const opened = await openTogether(async (keep) => {
    const all: Awaited<ReturnType<OpenEncoder>>[] = [];
    for (const heard of encoders) all.push(keep(await openEncoder(heard)));
    return all;
  });
  return {
    async feeds(windows) {
      const feeds: Record<string, Feeds[string]> = {};
      for (const [index, encoder] of opened.entries()) {
        const names = encoderInputs(inputName(encoders[index]!));
        const { width } = speechEncoders[encoders[index]!.name];
        const hidden: Float32Array[] = [];
        const masks: Float32Array[] = [];
        for (const window of windows) {
          const layers = await encoder.hear(window, longestSec);
          hidden.push(
            layersByFrame(layers, width, new Float32Array(layers.length * layers[0]!.length)),
          );
          masks.push(new Float32Array(layers[0]!.length / width).fill(1));
        }
        feeds[names.hidden] = stacked(hidden, shapes[names.hidden]!);
        feeds[names.mask] = stacked(masks, shapes[names.mask]!);
      }
      return feeds;
    },
    async close() {
      await Promise.all(opened.map((encoder) => encoder.close()));
    },
  };
}
