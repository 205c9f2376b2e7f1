import type { Adapter } from "../models/adapter.ts";
import { contentHash } from "./feature-cache.ts";

/** SHA-256 of an adapter's weights and their names, in hexadecimal. */
export function adapterHash(adapter: Adapter): string {
  const parts = [...adapter].flatMap(([weight, { down, up }]) => [
    Buffer.from(weight),
    ...[down, up].map(({ buffer, byteOffset, byteLength }) =>
      Buffer.from(buffer, byteOffset, byteLength),
    ),
  ]);
  return contentHash(Buffer.concat(parts));
}
