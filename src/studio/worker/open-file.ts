import { toMono } from "../../audio/mix.ts";
import { readChannels, type SoundChoice } from "../../audio/read-channels.ts";
import type { SoundSource } from "../../audio/source.ts";
import { UndertoneError } from "../../shared/errors.ts";
import { decodeByBrowser } from "./browser-decoder.ts";
import { Overview, PeakMeter } from "./picture.ts";
import { WavWriter } from "./pcm.ts";

/** Hz: the rate of the audio models and of the transcribers. */
export const sampleRate = 16_000;

/** More of a recording's picture. */
export interface PictureUpdate {
  /** How much of it is decoded. */
  readonly doneSec: number;
  /** Of each channel, the parts that follow: lowest and highest in turn, −127 to 127. */
  readonly peaks: readonly Int8Array[];
  /** Columns of the spectrogram that follow: [columns, bands]. */
  readonly columns: Uint8Array;
}

/** A recording that is decoded. */
export interface OpenedFile {
  /** The file itself, or a WAV of it where only the browser's own decoder reads it. */
  readonly file: Blob;
  readonly durationSec: number;
  /** 16-bit WAV, mono: what the page plays and looks at. */
  readonly wav: Blob;
  readonly channels: number;
}

/** How long the page waits for more of the picture. */
const updateMs = 150;

type OnPicture = (update: PictureUpdate) => void;

/**
 * Decodes a recording once, in bounded memory, for what the page shows and plays of it.
 * @throws UndertoneError as `readChannels`
 * @throws Error "browser-cannot-decode" for a codec that neither this package nor the browser has
 */
export async function openFile(file: Blob, onPicture: OnPicture): Promise<OpenedFile> {
  try {
    return await openKnown(file, onPicture);
  } catch (error) {
    if (!(error instanceof UndertoneError) || error.code !== "audio-unsupported") throw error;
    const wav = await decodeByBrowser(file);
    if (wav === null) throw error;
    return openKnown(wav, onPicture);
  }
}

async function openKnown(file: Blob, onPicture: OnPicture): Promise<OpenedFile> {
  const source: SoundSource = {
    size: file.size,
    read: async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
  };
  try {
    return { file, ...(await decode(source, "split", onPicture)) };
  } catch (error) {
    if (!(error instanceof UndertoneError) || !isOfChannels(error)) throw error;
    return { file, ...(await decode(source, "mix", onPicture)) }; // too many channels, or another number of them midway
  }
}

/** Whether one channel may be decoded where several could not. */
const isOfChannels = ({ code }: UndertoneError): boolean =>
  code === "usage" || code === "audio-corrupt" || code === "audio-unsupported";

async function decode(
  source: SoundSource,
  channels: SoundChoice["channels"],
  onPicture: OnPicture,
): Promise<Omit<OpenedFile, "file">> {
  const wav = new WavWriter(sampleRate);
  const overview = new Overview(sampleRate);
  const meters: PeakMeter[] = [];
  let peaks: Int8Array[][] = [];
  let columns: Uint8Array[] = [];
  let toldMs = -Infinity;
  const tell = (): void => {
    const joined = peaks.map((parts) => join(parts, (length) => new Int8Array(length)));
    const picture = join(columns, (length) => new Uint8Array(length));
    onPicture({ doneSec: wav.durationSec, peaks: joined, columns: picture });
    [peaks, columns] = [[], []];
    toldMs = performance.now();
  };
  for await (const block of readChannels(source, { sampleRate, channels })) {
    const mono = toMono(block);
    if (mono.length === 0) continue;
    for (const [channel, samples] of block.entries()) {
      meters[channel] ??= new PeakMeter(sampleRate);
      (peaks[channel] ??= []).push(meters[channel].push(samples));
    }
    columns.push(...overview.push(mono));
    wav.push(mono);
    if (performance.now() - toldMs > updateMs) tell();
  }
  columns.push(...overview.push(new Float32Array(), true));
  tell();
  return { durationSec: wav.durationSec, wav: wav.finish(), channels: meters.length };
}

/** Returns arrays as one. */
function join<Numbers extends Int8Array | Uint8Array>(
  parts: readonly Numbers[],
  create: (length: number) => Numbers,
): Numbers {
  const whole = create(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
