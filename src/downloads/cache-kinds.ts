/** What is cached: all of it can be downloaded or computed again. */
export const cacheKinds = ["models", "features", "transcripts"] as const;

export type CacheKind = (typeof cacheKinds)[number];
