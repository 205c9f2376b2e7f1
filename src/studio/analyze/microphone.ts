import { proxy, transfer } from "comlink";
import { strings } from "../strings.ts";
import { engine } from "../worker/client.ts";
import type { SegmentEvent } from "../../web/index.ts";
import type { LiveResult } from "../worker/live.ts";
import captureUrl from "./capture.worklet.ts?worker&url";

/** What is told of a block that the microphone gave. */
export interface BlockLevel {
  /** 0 to 1 */
  readonly peak: number;
  /** How much the microphone has given. */
  readonly capturedSec: number;
}

export interface LiveRecording {
  /** Ends it; resolves to what was recorded. */
  stop(): Promise<LiveResult>;
}

interface MicrophoneOptions {
  /** By default the standard one. */
  readonly deviceId: string | undefined;
  readonly onLevel: (level: BlockLevel) => void;
  readonly onSegment: (event: SegmentEvent) => void;
}

/**
 * Records and recognizes what a microphone gives, as it comes.
 * @throws DOMException `NotAllowedError`, `NotFoundError`, `NotReadableError`, `OverconstrainedError`, and Error on an insecure address
 */
export async function startRecording(options: MicrophoneOptions): Promise<LiveRecording> {
  const { deviceId, onLevel, onSegment } = options;
  const stream = await openMicrophone(deviceId);
  const context = new AudioContext();
  await context.audioWorklet.addModule(captureUrl);
  const node = new AudioWorkletNode(context, "capture");
  const { port1, port2 } = new MessageChannel();
  let captured = 0;
  node.port.addEventListener(
    "message",
    ({ data }: MessageEvent<{ peak: number; length: number }>) => {
      captured += data.length;
      onLevel({ peak: data.peak, capturedSec: captured / context.sampleRate });
    },
  );
  node.port.start();
  const result = engine.record(transfer(port2, [port2]), context.sampleRate, proxy(onSegment));
  node.port.postMessage(port1, [port1]);
  context.createMediaStreamSource(stream).connect(node);
  return {
    async stop() {
      node.port.postMessage(null);
      for (const track of stream.getTracks()) track.stop();
      try {
        return await result;
      } finally {
        await context.close();
      }
    },
  };
}

/**
 * Resolves to the sound of a microphone, by default of the standard one.
 * @throws DOMException as `startRecording`, and Error on an insecure address
 */
export async function openMicrophone(deviceId?: string): Promise<MediaStream> {
  if (!isSecureContext) throw new Error(strings.errors.insecure);
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  return navigator.mediaDevices.getUserMedia({
    audio: { ...plain, ...(deviceId !== undefined && { deviceId: { exact: deviceId } }) },
  });
}

/** Returns the microphones that there are; their names only once one was allowed. */
export async function microphones(): Promise<MediaDeviceInfo[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "");
}
