export const view = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Returns bytes as text, a character a byte. */
export const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
