import { concatenate } from "../../audio/blocks.ts";
import { encodeWav } from "../../audio/wav.ts";
import captureUrl from "../analyze/capture.worklet.ts?worker&url";
import { openMicrophone } from "../analyze/microphone.ts";

/**
 * Records a few seconds of the standard microphone as a WAV file.
 * @throws DOMException and Error as `openMicrophone`
 */
export async function recordClip(
  seconds: number,
  onProgress: (doneSec: number) => void,
): Promise<Blob> {
  const stream = await openMicrophone();
  const context = new AudioContext();
  try {
    await context.audioWorklet.addModule(captureUrl);
    const node = new AudioWorkletNode(context, "capture");
    const { port1, port2 } = new MessageChannel();
    const blocks: Float32Array[] = [];
    const wanted = seconds * context.sampleRate;
    let length = 0;
    await new Promise<void>((resolve) => {
      port2.addEventListener("message", ({ data }: MessageEvent<Float32Array | null>) => {
        if (data === null) return resolve();
        blocks.push(data);
        length += data.length;
        onProgress(length / context.sampleRate);
        if (length >= wanted) node.port.postMessage(null);
      });
      port2.start();
      node.port.postMessage(port1, [port1]);
      context.createMediaStreamSource(stream).connect(node);
    });
    port2.close();
    const bytes = encodeWav(concatenate(blocks), context.sampleRate);
    return new Blob([Uint8Array.from(bytes)]);
  } finally {
    for (const track of stream.getTracks()) track.stop();
    await context.close();
  }
}
