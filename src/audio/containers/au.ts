import { UndertoneError } from "../../shared/errors.ts";
import type { CodecParameters, PcmFormat } from "../codecs/codec.ts";
import type { OpenContainer } from "./container.ts";
import { view } from "./read.ts";
import { promisedSecOf, sampleBlocks, type SampleData } from "./sample-blocks.ts";

/** Codings by their number in the header. */
const pcmKinds: Readonly<Record<number, [PcmFormat["kind"], number]>> = {
  2: ["signed", 1],
  3: ["signed", 2],
  4: ["signed", 3],
  5: ["signed", 4],
  6: ["float", 4],
  7: ["float", 8],
};

/**
 * Opens a file of Sun and NeXT: AU, in either byte order.
 * @see https://pubs.opengroup.org/external/auformat.html
 */
export const openAu: OpenContainer = async (source, start) => {
  const head = await source.read(start, start + 24);
  if (head.length < 24) {
    throw new UndertoneError("audio-corrupt", "The AU file's header is cut short.");
  }
  const isBigEndian = head[0] === 0x2e;
  const number = (at: number): number => view(head).getUint32(at, !isBigEndian);
  const [dataStart, size, coding, sampleRate, channels] = [4, 8, 12, 16, 20].map(number);
  const common = { sampleRate: sampleRate!, channels: Math.max(1, channels!) };
  const kind = pcmKinds[coding!];
  let codec: CodecParameters;
  if (coding === 1) codec = { codec: "mu-law", ...common };
  else if (coding === 27) codec = { codec: "a-law", ...common };
  else if (kind) {
    const pcm = { kind: kind[0], bytesPerSample: kind[1], isBigEndian };
    codec = { codec: "pcm", ...common, pcm };
  } else return [{ codec: `AU coding ${coding}`, packets: () => [].values() }];
  const samples: SampleData = {
    codec,
    start: start + dataStart!,
    end: size === 0xffffffff || size === 0 ? Infinity : start + dataStart! + size!,
    blockBytes: common.channels * (kind?.[1] ?? 1),
    blockLength: 1,
  };
  return [
    { codec, promisedSec: promisedSecOf(samples), packets: () => sampleBlocks(source, samples) },
  ];
};
