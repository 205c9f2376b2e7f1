/** Returns packets in Xiph lacing; `undefined` where they are cut short. */
export function unlace(bytes: Uint8Array): Uint8Array[] | undefined {
  let at = 1;
  const sizes = Array.from({ length: bytes[0] ?? 0 }, () => {
    let size = 0;
    while (bytes[at] === 255) size += bytes[at++]!;
    return size + (bytes[at++] ?? 0);
  });
  const packets = sizes.map((size) => bytes.subarray(at, (at += size)));
  return at < bytes.length ? [...packets, bytes.subarray(at)] : undefined;
}

/** Returns packets in Xiph lacing. */
export function lace(packets: readonly Uint8Array[]): Uint8Array {
  const sizes = packets
    .slice(0, -1)
    .flatMap(({ length }) => [...Array<number>(Math.floor(length / 255)).fill(255), length % 255]);
  const total = packets.reduce((sum, { length }) => sum + length, 1 + sizes.length);
  const laced = new Uint8Array(total);
  laced.set([packets.length - 1, ...sizes]);
  let at = 1 + sizes.length;
  for (const packet of packets) {
    laced.set(packet, at);
    at += packet.length;
  }
  return laced;
}
