import { dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { concatenate } from "../../audio/blocks.ts";
import { openFile } from "../../audio/load.node.ts";
import { toMono } from "../../audio/mix.ts";
import type { SoundChoice } from "../../audio/read-channels.ts";
import { readFileChannels } from "../../audio/read-file.node.ts";
import { throwIfCancelled, UndertoneError } from "../../shared/errors.ts";
import { encodeMuLawWav } from "../mu-law-wav.ts";
import type { RecordingSound } from "./recording-page.ts";
import { Waveform } from "./waveform.ts";

const sampleRate = 16_000;
const partsPerSec = 20;
const mostParts = 4000;

/** Longer recordings are linked, not embedded: at 16 kB a second this is 9.6 MB. */
const mostEmbeddedSec = 600;

interface SoundOptions extends SoundChoice {
  readonly durationSec: number;
  /** Whether each channel has a waveform of its own. */
  readonly areSplit: boolean;
  /** The page that plays the recording. */
  readonly page: string;
  /** Whether a short recording is embedded; others are linked. */
  readonly embed: boolean;
  readonly signal: AbortSignal;
}

/**
 * Reads a recording for its page, in bounded memory: waveforms, and what the page plays. A recording that cannot be read
 * any more has neither.
 * @throws UndertoneError `cancelled`
 */
export async function readRecordingSound(
  path: string,
  options: SoundOptions,
): Promise<RecordingSound> {
  const { durationSec, areSplit, signal, channels, track } = options;
  const parts = Math.min(mostParts, Math.max(1, Math.ceil(durationSec * partsPerSec)));
  const embeds = options.embed && durationSec <= mostEmbeddedSec;
  const waveforms: Waveform[] = [];
  const kept: Float32Array[] = [];
  try {
    const source = await openFile(path);
    try {
      const reading = { sampleRate, channels, track, signal };
      for await (const block of readFileChannels(source, reading)) {
        const mono = toMono(block);
        for (const [n, samples] of (areSplit ? block : [mono]).entries()) {
          (waveforms[n] ??= new Waveform(parts, durationSec * sampleRate)).push(samples);
        }
        if (embeds) kept.push(mono);
      }
    } finally {
      await source.close();
    }
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof UndertoneError) return { waveforms: [], player: undefined };
    throw error;
  }
  const player = embeds ? embedded(kept) : { href: linkTo(path, options.page) };
  return { waveforms, player };
}

function embedded(blocks: readonly Float32Array[]): RecordingSound["player"] {
  const wav = encodeMuLawWav(concatenate(blocks), sampleRate);
  const base64 = Buffer.from(wav.buffer, wav.byteOffset, wav.length).toString("base64");
  return { uri: `data:audio/wav;base64,${base64}`, sizeBytes: wav.length };
}

/** Returns the link from a page to a file: relative, unless the file is on another drive. */
export function linkTo(path: string, page: string): string {
  const way = relative(dirname(resolve(page)), resolve(path));
  if (isAbsolute(way)) return pathToFileURL(way).href;
  return `./${way.split(sep).map(encodeURIComponent).join("/")}`;
}
