import {
  checkDuration,
  lengthOf,
  silence,
  sliceBlock,
  type AudioBlock,
  type DecodingContext,
} from "./blocks.ts";
import type { Edit } from "./containers/container.ts";

/**
 * Cuts a track as its edits say, silence between them. Edits that go back in the track are left out.
 * @yields what is heard
 * @throws UndertoneError `audio-too-large` before a pause that is too long
 */
export async function* applyEdits(
  blocks: AsyncIterable<AudioBlock>,
  edits: readonly Edit[],
  context: Pick<DecodingContext, "maxDurationSec">,
): AsyncGenerator<AudioBlock> {
  let mediaSec = 0;
  let clockSec = 0;
  let next = 0;
  for await (const block of blocks) {
    const { sampleRate } = block;
    const length = lengthOf(block);
    const endSec = mediaSec + length / sampleRate;
    for (; next < edits.length; next++) {
      const { fromSec, toSec, atSec } = edits[next]!;
      const start = Math.max(0, Math.round((fromSec - mediaSec) * sampleRate));
      const end = Math.min(length, Math.round((toSec - mediaSec) * sampleRate));
      if (end > start) {
        const pauseSec = atSec + Math.max(0, mediaSec - fromSec) - clockSec;
        if (pauseSec * sampleRate >= 0.5) {
          checkDuration(clockSec + pauseSec, context);
          yield* silence(pauseSec, block);
          clockSec += pauseSec;
        }
        yield sliceBlock(block, start, end);
        clockSec += (end - start) / sampleRate;
      }
      if (toSec > endSec) break;
    }
    mediaSec = endSec;
    if (next >= edits.length) return;
  }
}
