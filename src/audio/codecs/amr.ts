import { amrFrameBytes } from "./amr-frames.ts";
import type { CodecParameters, PacketDecoder } from "./codec.ts";
import { quietly } from "./quiet.ts";

/** Far more than the frames that are packed together; each gives 20 ms, however small it is. */
const mostPacketBytes = 1 << 12;

/** What the decoder expects before the first frame. */
const magic = { "amr-nb": "#!AMR\n", "amr-wb": "#!AMR-WB\n" } as const;

/**
 * Opens an AMR decoder; a packet is one or several frames in the form of AMR files.
 * @see RFC 4867, section 5
 */
export async function openAmrDecoder({ codec }: CodecParameters): Promise<PacketDecoder> {
  const kind = codec === "amr-wb" ? "amr-wb" : "amr-nb";
  const sampleRate = kind === "amr-wb" ? 16_000 : 8000;
  const { decoder: open } = await import("@audio/decode-amr");
  const decoder = await open();
  // It looks for its magic in the first nine bytes.
  let head: Uint8Array = new TextEncoder().encode(magic[kind]);
  return {
    decode: (packet) => {
      if (packet.length > mostPacketBytes) throw new Error("an AMR packet is too large");
      for (let at = 0; at < packet.length;) {
        const size = amrFrameBytes[kind][(packet[at]! >> 3) & 15]!;
        if (size === 0 || at + size > packet.length) throw new Error("an AMR frame is damaged");
        at += size;
      }
      const bytes = new Uint8Array(head.length + packet.length);
      bytes.set(head);
      bytes.set(packet, head.length);
      const { result } = quietly(() => decoder.decode(bytes));
      head = new Uint8Array();
      return { sampleRate, channels: [...result.channelData] };
    },
    free: () => decoder.free(),
  };
}
