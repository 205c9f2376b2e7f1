/** The rate of pre-skip and granule positions in Hz. */
export const opusClockHz = 48_000;

/** The samples at 48 kHz that are dropped at the start of a stream. */
export function preSkipOf(head: Uint8Array | undefined): number {
  return head && head.length >= 12 ? head[10]! | (head[11]! << 8) : 0;
}
