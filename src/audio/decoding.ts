import type { AudioBlock } from "./blocks.ts";
import { decodeBlocks, incompleteOf } from "./decode.ts";
import { readChannels, type Reading, type ReadOptions } from "./read-channels.ts";
import { cutSection } from "./section.ts";
import type { SoundSource } from "./source.ts";

/** How a file is decoded: as the models take it, or as it is. */
export type HowToDecode =
  | { readonly as: "channels"; readonly options: Omit<ReadOptions, "signal"> }
  | { readonly as: "blocks"; readonly section?: ReadOptions["section"] };

/**
 * Decodes a recording. Returns what is told of it.
 * @yields blocks, with `channels` all at the rate that is asked for
 * @throws UndertoneError as `readChannels`
 */
export async function* decode(
  source: SoundSource,
  how: HowToDecode,
  signal?: AbortSignal,
): AsyncGenerator<AudioBlock, Reading> {
  if (how.as === "channels") {
    const reading = readChannels(source, { ...how.options, signal });
    const { sampleRate } = how.options;
    for await (const channels of reading) yield { sampleRate, channels: [...channels] };
    return { warnings: reading.warnings, incomplete: reading.incomplete };
  }
  const warnings: string[] = [];
  let incomplete: Reading["incomplete"] = null;
  const blocks = decodeBlocks(source, {
    signal,
    warn: (message) => warnings.push(message),
    onCoverage: (coverage) => (incomplete = incompleteOf(coverage)),
  });
  yield* how.section ? cutSection(blocks, how.section) : blocks;
  return { warnings, incomplete };
}
