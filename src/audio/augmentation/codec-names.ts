/** Codecs of calls. Those of fixed lines are exact; the others are built like the standard, at its rate, and are not it. */
export const codecs = [
  "mu-law",
  "a-law",
  "gsm-like",
  "amr-like",
  "opus-like-8",
  "opus-like-12",
  "opus-like-16",
] as const;

export type Codec = (typeof codecs)[number];

/** The one sample rate of `applyCodec` in Hz. */
export const codecSampleRate = 16_000;
