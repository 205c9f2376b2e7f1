/** Rounds seconds to the millisecond. */
export const toMs = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** Rounds a probability to four places. */
export const toPlaces = (probability: number): number => Math.round(probability * 10_000) / 10_000;
