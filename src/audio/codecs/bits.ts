/** Takes numbers of any width from bytes, the highest bit first. Beyond the end there are zeros; `isPastEnd` tells. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;

  /** @param at the first bit */
  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get position(): number {
    return this.#at;
  }

  get isPastEnd(): boolean {
    return this.#at > 8 * this.#bytes.length;
  }

  /** Returns an unsigned number of 0 to 32 bits. */
  unsigned(bits: number): number {
    if (bits === 0) return 0;
    const value = this.#next32() >>> (32 - bits);
    this.#at += bits;
    return value;
  }

  /** Returns a number in two's complement of 1 to 33 bits. */
  signed(bits: number): number {
    if (bits > 32) {
      const high = this.signed(bits - 32);
      return high * 2 ** 32 + this.unsigned(32);
    }
    const value = this.#next32() >> (32 - bits);
    this.#at += bits;
    return value;
  }

  /** Returns how many zeros stand before the next one, and takes that one too. */
  unary(): number {
    let zeros = 0;
    for (;;) {
      const leading = Math.clz32(this.#next32());
      zeros += leading;
      this.#at += leading;
      if (leading < 32) break;
      if (this.isPastEnd) return zeros;
    }
    this.#at++;
    return zeros;
  }

  /** Returns a number in Rice's code: zeros that count its upper part, a one, and so many lower bits. */
  rice(lowerBits: number): number {
    const word = this.#next32();
    const zeros = Math.clz32(word);
    const length = zeros + 1 + lowerBits;
    if (length > 32) return this.unary() * 2 ** lowerBits + this.unsigned(lowerBits);
    this.#at += length;
    const lower = lowerBits === 0 ? 0 : (word << (zeros + 1)) >>> (32 - lowerBits);
    return zeros * 2 ** lowerBits + lower;
  }

  #next32(): number {
    const bytes = this.#bytes;
    const byte = this.#at >> 3;
    const shift = this.#at & 7;
    const word =
      (bytes[byte]! << 24) | (bytes[byte + 1]! << 16) | (bytes[byte + 2]! << 8) | bytes[byte + 3]!;
    return shift === 0 ? word : (word << shift) | (bytes[byte + 4]! >> (8 - shift));
  }
}
