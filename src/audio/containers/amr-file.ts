import { amrFrameBytes } from "../codecs/amr-frames.ts";
import { buffered } from "../source.ts";
import type { OpenContainer, PacketGroup } from "./container.ts";
import { latin1 } from "./read.ts";

const frameSec = 0.02;

/** Opens a file of AMR speech. @see RFC 4867, section 5 */
export const openAmrFile: OpenContainer = async (source, start) => {
  const head = latin1(await source.read(start, start + 9));
  const isWide = head === "#!AMR-WB\n";
  if (!isWide && !head.startsWith("#!AMR\n")) {
    return [{ codec: "AMR of several channels", packets: () => [].values() }];
  }
  const codec = isWide ? "amr-wb" : "amr-nb";
  const sampleRate = isWide ? 16_000 : 8000;
  return [{ codec: { codec, sampleRate, channels: 1 }, packets: () => frames() }];

  async function* frames(): AsyncGenerator<PacketGroup> {
    const file = buffered(source, 1 << 14);
    let lost = 0;
    let position = start + (isWide ? 9 : 6);
    for (let n = 0; position < source.size;) {
      const bytes = await file.read(position, position + 64);
      const size = sizeOf(bytes[0] ?? 0);
      const next = bytes[size];
      // The three low bits and the highest one of a header are 0.
      const isFrame = size > 0 && (lost === 0 || next === undefined || sizeOf(next) > 0);
      if (!isFrame) {
        lost++;
        position++;
        continue;
      }
      if (bytes.length < size) return;
      if (lost > 0) n += Math.max(1, Math.round(lost / size));
      yield {
        packets: [bytes.slice(0, size)],
        startSec: n * frameSec,
        isAfterLoss: lost > 0,
      };
      lost = 0;
      n++;
      position += size;
    }
  }

  function sizeOf(header: number): number {
    return (header & 0x83) === 0 ? amrFrameBytes[codec][(header >> 3) & 15]! : 0;
  }
};
