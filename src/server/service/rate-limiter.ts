interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** More keys than these are forgotten, the oldest first. */
const mostKeys = 10_000;

/**
 * Lets each key do something so often a minute: at once up to a sixth of it, at least one, the rest evenly.
 * @see https://en.wikipedia.org/wiki/Token_bucket
 */
export class RateLimiter {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMin: number, now: () => number = () => performance.now()) {
    this.#perMs = perMin / 60_000;
    this.#burst = Math.max(1, perMin / 6);
    this.#now = now;
  }

  /** Takes one; returns 0, or where there is none whole seconds until there is. */
  take(key: string): number {
    const atMs = this.#now();
    const last = this.#buckets.get(key) ?? { tokens: this.#burst, atMs };
    const tokens = Math.min(this.#burst, last.tokens + (atMs - last.atMs) * this.#perMs);
    const isFree = tokens >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: isFree ? tokens - 1 : tokens, atMs });
    if (this.#buckets.size > mostKeys) this.#buckets.delete(this.#buckets.keys().next().value!);
    return isFree ? 0 : Math.ceil((1 - tokens) / this.#perMs / 1000);
  }
}
