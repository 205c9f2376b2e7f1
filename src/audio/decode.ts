import { UndertoneError, throwIfCancelled } from "../shared/errors.ts";
import { checkDuration, joinAlike, lengthOf, silence } from "./blocks.ts";
import type { AudioBlock, Coverage, DecodingContext } from "./blocks.ts";
import { containers, type AudioTrack } from "./containers/container.ts";
import { TrackDecoding } from "./decode-track.ts";
import { detectFormat } from "./format.ts";
import type { AudioFormat } from "./format.ts";
import { toMono } from "./mix.ts";
import { notDecoded } from "./other-kinds.ts";
import { paced } from "./pace.ts";
import { resample } from "./resample.ts";
import { bytesSource } from "./source.ts";
import type { ByteSource } from "./source.ts";

/** A decoded recording: `channels` [channel][sample], full scale 1. */
export interface DecodedAudio {
  /** The container. */
  readonly format: AudioFormat;
  readonly sampleRate: number;
  readonly channels: Float32Array[];
  /** What was degraded: a truncated file, damaged packets, samples that were not finite. */
  readonly warnings: string[];
  /** Set where less than nine tenths of what the file promises could be decoded. */
  readonly incomplete: Coverage | null;
}

/** Returns the coverage of a recording of which less than nine tenths were decoded, else `null`. */
export function incompleteOf({ decodedSec, expectedSec }: Coverage): Coverage | null {
  const isIncomplete = decodedSec < 0.9 * expectedSec;
  return isIncomplete ? { decodedSec: toMs(decodedSec), expectedSec: toMs(expectedSec) } : null;
}

const toMs = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/**
 * Decodes a whole recording, detected by content: WAV, AIFF, AU, CAF, FLAC, MP3, AAC, AMR, Ogg, MP4, MOV, WebM or Matroska.
 * Resolves to its `channels` [channel][sample] with full scale at 1, at the file's sample rate, the first where it changes.
 * @throws UndertoneError `audio-unsupported`, `audio-corrupt`, `audio-empty`, `audio-too-large` above `maxDurationSec`
 * (a day), `cancelled`
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio } from "undertone/audio";
 *
 * const { channels, sampleRate, warnings } = await decodeAudio(await readFile("speech.wav"));
 * const durationSec = channels[0]!.length / sampleRate;
 * ```
 */
export async function decodeAudio(
  bytes: Uint8Array,
  options: Pick<DecodingContext, "maxDurationSec"> & {
    readonly signal?: AbortSignal;
    readonly track?: number;
  } = {},
): Promise<DecodedAudio> {
  const source = bytesSource(bytes);
  const { format } = await detectFormat(source);
  const warnings: string[] = [];
  let coverage: Coverage = { decodedSec: 0, expectedSec: 0 };
  const context: DecodingContext = {
    signal: options.signal,
    track: options.track,
    maxDurationSec: options.maxDurationSec,
    warn: (message) => warnings.push(message),
    onCoverage: (found) => (coverage = found),
  };
  const blocks: AudioBlock[] = [];
  for await (const block of decodeBlocks(source, context)) blocks.push(block);
  const [first, ...others] = joinAlike(blocks);
  const alike = [first!];
  for (const part of others) alike.push(await converted(part, first!));
  const { sampleRate, channels } = joinAlike(alike)[0]!;
  return { format, sampleRate, channels, warnings, incomplete: incompleteOf(coverage) };
}

/** Resolves to a part at the rate of another, and with as many channels: where these differ, each is the mean of all. */
async function converted(
  part: AudioBlock,
  { sampleRate, channels }: AudioBlock,
): Promise<AudioBlock> {
  const isSameCount = part.channels.length === channels.length;
  const given = isSameCount ? part.channels : [toMono(part.channels)];
  const resampled: Float32Array[] = [];
  for (const each of given) resampled.push(await resample(each, part.sampleRate, sampleRate));
  return { sampleRate, channels: channels.map((_, n) => resampled[n] ?? resampled[0]!) };
}

/**
 * Decodes a recording block by block in bounded memory. Blocks differ in rate or channel count where the recording does.
 * @yields blocks of at least one sample
 * @throws UndertoneError `audio-unsupported`, `audio-corrupt`, `audio-empty`, `audio-too-large`, `cancelled`
 */
export async function* decodeBlocks(
  given: ByteSource,
  context: DecodingContext,
): AsyncGenerator<AudioBlock> {
  const source = paced(given, context.signal);
  const { format, start, junkBytes = 0 } = await detectFormat(source);
  if (junkBytes > 0)
    context.warn(`The first ${junkBytes} bytes are no sound and were passed over.`);
  throwIfCancelled(context.signal);
  let tracks: readonly AudioTrack[];
  try {
    const open = await containers[format]();
    tracks = await open(source, start, context);
  } catch (error) {
    throw asCorrupt(error, format);
  }
  tracks = tracks.slice(0, mostTracks);
  const candidates = candidatesOf(tracks, context.track);
  let failure: unknown;
  for (const [place, track] of candidates.entries()) {
    const decoding = new TrackDecoding(track, context);
    const hasOthers = candidates.length > place + 1;
    let isHeard = false;
    let silentSec = 0;
    try {
      for await (const block of decoding.blocks()) {
        throwIfCancelled(context.signal);
        checkDuration(decoding.decodedSec, context);
        // A track that is silent to its end is not the one that is meant.
        if (!isHeard && hasOthers && isSilent(block)) {
          silentSec += lengthOf(block) / block.sampleRate;
          continue;
        }
        if (silentSec > 0) yield* silence(silentSec, block);
        silentSec = 0;
        isHeard = true;
        yield block;
      }
    } catch (error) {
      if (error instanceof UndertoneError && isFinal(error)) throw error;
      if (isHeard || !hasOthers) {
        if (!isHeard || decoding.isUnusable) throw asCorrupt(error, format);
        context.warn(`The rest of the file is damaged: ${messageOf(error)}`);
      }
      failure = error;
    }
    if (!isHeard && hasOthers) continue;
    if (!isHeard) throw failure === undefined ? nothing(format) : asCorrupt(failure, format);
    const { warnings, ...coverage } = decoding.report();
    for (const warning of warnings) context.warn(warning);
    if (tracks.length > 1 && context.track === undefined) context.warn(othersOf(tracks, track));
    context.onCoverage?.(coverage);
    return;
  }
}

/** More tracks than any program writes. */
const mostTracks = 64;

/** Whether no other track is tried. */
const isFinal = ({ code }: UndertoneError): boolean =>
  code === "cancelled" || code === "audio-too-large";

/** Below -80 dB. */
const isSilent = ({ channels }: AudioBlock): boolean =>
  channels.every((channel) => channel.every((sample) => Math.abs(sample) < 1e-4));

/** The tracks to try, one after another. */
function candidatesOf(
  tracks: readonly AudioTrack[],
  wanted: number | undefined,
): readonly AudioTrack[] {
  if (tracks.length === 0) {
    throw new UndertoneError("audio-unsupported", "The file has no audio track.");
  }
  const chosen = wanted === undefined ? tracks : tracks.slice(wanted - 1, wanted);
  if (chosen.length === 0) {
    const problem = `The file has ${tracks.length} audio tracks: there is no track ${wanted}.`;
    throw new UndertoneError("audio-unsupported", problem);
  }
  const decoded = chosen.filter(({ codec }) => typeof codec !== "string");
  if (decoded.length === 0) {
    const names = chosen.map(({ codec }) => (typeof codec === "string" ? codec : codec.codec));
    const known = [...new Set(names.map((name) => name || "an unknown codec"))].join(", ");
    throw new UndertoneError("audio-unsupported", notDecoded(known));
  }
  return decoded.toSorted((a, b) => Number(b.isDefault ?? false) - Number(a.isDefault ?? false));
}

function othersOf(tracks: readonly AudioTrack[], taken: AudioTrack): string {
  const name = (track: AudioTrack): string => {
    const facts = [track.label, typeof track.codec === "string" && `${track.codec}, not decoded`];
    const about = facts.filter(Boolean).join("; ");
    return `${tracks.indexOf(track) + 1}${about ? ` (${about})` : ""}`;
  };
  const others = tracks.filter((track) => track !== taken).map(name);
  return `The file has ${tracks.length} audio tracks. Taken was track ${name(taken)}, not ${others.join(", ")}: choose one by --track.`;
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

function asCorrupt(error: unknown, format: AudioFormat): unknown {
  if (error instanceof UndertoneError) return error;
  const problem = `The ${format} data is corrupt: ${messageOf(error)}`;
  return new UndertoneError("audio-corrupt", problem, { cause: error });
}

const nothing = (format: AudioFormat): UndertoneError =>
  ["wav", "w64", "aiff", "au", "caf"].includes(format)
    ? new UndertoneError("audio-empty", "The file has no samples.")
    : new UndertoneError("audio-corrupt", `The ${format} data has no audio that can be decoded.`);
