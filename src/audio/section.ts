import { UndertoneError } from "../shared/errors.ts";
import { lengthOf, sliceBlock, type AudioBlock } from "./blocks.ts";

/** A part of a recording, in seconds of the recording's own time. */
export interface Section {
  readonly startSec: number;
  readonly endSec: number;
}

/**
 * Takes a part of decoded audio; what comes after it is not decoded.
 * @yields the blocks of the section, cut at the nearest samples
 * @throws UndertoneError `audio-empty` where the recording ends before the section
 */
export async function* cutSection(
  blocks: AsyncIterable<AudioBlock>,
  { startSec, endSec }: Section,
): AsyncGenerator<AudioBlock> {
  let position = 0;
  let rate: number | undefined;
  let isEmpty = true;
  for await (const block of blocks) {
    const { sampleRate } = block;
    position = Math.round((position * sampleRate) / (rate ?? sampleRate));
    rate = sampleRate;
    const start = Math.max(0, Math.round(startSec * sampleRate) - position);
    const end = Math.min(lengthOf(block), Math.round(endSec * sampleRate) - position);
    position += lengthOf(block);
    if (start < end) {
      isEmpty = false;
      yield sliceBlock(block, start, end);
    }
    if (position >= Math.round(endSec * sampleRate)) break;
  }
  if (!isEmpty) return;
  throw new UndertoneError(
    "audio-empty",
    `There is no sound at ${startSec} s: the recording ends before.`,
  );
}
