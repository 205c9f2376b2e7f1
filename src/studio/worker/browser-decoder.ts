import { concatenate } from "../../audio/blocks.ts";
import { UndertoneError } from "../../shared/errors.ts";
import { WavWriter } from "./pcm.ts";

/** Frames that are written at once: an hour is then a few thousand parts, not hundreds of thousands. */
const batchFrames = 2 ** 16;

/**
 * Returns a file that only the browser's own decoder reads, such as one of AAC, as WAV at its rate with its channels; `null`
 * for what is no such container, or has no sound.
 * @throws Error "browser-cannot-decode" where the browser has no decoder for it
 * @throws UndertoneError `audio-too-large` above a day
 */
export async function decodeByBrowser(file: Blob): Promise<Blob | null> {
  const mediabunny = await import("mediabunny");
  const { ADTS, AudioSampleSink, BlobSource, Input, MATROSKA, MP4, MPEG_TS, QTFF } = mediabunny;
  mediabunny.Logging.level = mediabunny.LogLevel.Silent;
  const formats = [MP4, QTFF, ADTS, MATROSKA, MPEG_TS];
  using input = new Input({ formats, source: new BlobSource(file) });
  const track = await input.getPrimaryAudioTrack().catch(() => null);
  if (track === null) return null;
  if (!(await track.canDecode())) {
    const codec = (await track.getCodec()) ?? "an unknown codec";
    throw Object.assign(new Error(`no decoder for ${codec}`), { name: "browser-cannot-decode" });
  }
  let wav: PlacedWav | undefined;
  for await (const sample of new AudioSampleSink(track).samples()) {
    const { sampleRate, numberOfChannels, numberOfFrames, timestamp } = sample;
    wav ??= new PlacedWav(sampleRate, numberOfChannels);
    const channels = Array.from({ length: numberOfChannels }, (_, planeIndex) => {
      const plane = new Float32Array(numberOfFrames);
      sample.copyTo(plane, { planeIndex, format: "f32-planar" });
      return plane;
    });
    sample.close();
    wav.push(channels, timestamp);
  }
  return wav?.finish() ?? null;
}

/** Gaps that are no rounding, in seconds. */
const leastGapSec = 0.005;

const longestSec = 86_400;

/** A WAV file of blocks at their times: what comes before 0 is left out, and silence stands in gaps. */
export class PlacedWav {
  readonly #sampleRate: number;
  readonly #wav: WavWriter;
  #waiting: (readonly Float32Array[])[] = [];
  #waitingFrames = 0;
  #frames = 0;

  constructor(sampleRate: number, channels: number) {
    this.#sampleRate = sampleRate;
    this.#wav = new WavWriter(sampleRate, channels);
  }

  /** Adds a block of channels. @throws UndertoneError `audio-too-large` for one that a day or more lies before */
  push(channels: readonly Float32Array[], startSec: number): void {
    if (!(Math.max(startSec, this.#frames / this.#sampleRate) < longestSec)) {
      throw new UndertoneError("audio-too-large", "This recording is longer than a day.");
    }
    const gap = Math.round(startSec * this.#sampleRate) - this.#frames;
    if (gap > leastGapSec * this.#sampleRate) this.#add(channels.map(() => new Float32Array(gap)));
    const early = this.#frames === 0 ? Math.max(0, -gap) : 0;
    this.#add(channels.map((samples) => samples.subarray(early)));
  }

  finish(): Blob {
    this.#write();
    return this.#wav.finish();
  }

  #add(channels: readonly Float32Array[]): void {
    const frames = channels[0]!.length;
    this.#waiting.push(channels);
    this.#waitingFrames += frames;
    this.#frames += frames;
    if (this.#waitingFrames >= batchFrames) this.#write();
  }

  #write(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#wav.push(first.map((_, n) => concatenate(this.#waiting.map((block) => block[n]!))));
    this.#waiting = [];
    this.#waitingFrames = 0;
  }
}
