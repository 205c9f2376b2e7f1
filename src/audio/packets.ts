import type { AudioBlock } from "./blocks.ts";

/** A codec's packet in a container; times in seconds, where the container has exact ones. */
export interface Packet {
  readonly data: Uint8Array;
  readonly timestamp?: number;
  readonly duration?: number;
}

/** Decodes the packets of one track, a batch at a time. */
export interface PacketDecoder {
  decode(packets: readonly Packet[]): AudioBlock;
  free(): void;
}
