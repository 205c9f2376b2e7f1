/** Larger files are hashed in pieces of this size, since browsers hash only what is in memory. */
const pieceBytes = 2 ** 25;

/**
 * Returns the SHA-256 of a file in hexadecimal digits; of one above 32 MiB, the SHA-256 of the hashes of its pieces.
 */
export async function contentHash(file: Blob): Promise<string> {
  if (file.size <= pieceBytes) return hex(await sha256(await file.arrayBuffer()));
  const hashes: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < file.size; at += pieceBytes) {
    hashes.push(await sha256(await file.slice(at, at + pieceBytes).arrayBuffer()));
  }
  return hex(await sha256(await new Blob(hashes).arrayBuffer()));
}

const sha256 = async (bytes: ArrayBuffer): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
