import type { FrontEnd } from "../../src/models/front-end.ts";

/** Spectrograms of two seconds with few bands. */
export const frontEnd: FrontEnd = {
  sampleRate: 16_000,
  nFft: 512,
  winLength: 512,
  hopLength: 250,
  nMels: 16,
  fMin: 0,
  fMax: 8000,
  scale: "slaney",
  frames: 128,
  rangeDb: 80,
};
