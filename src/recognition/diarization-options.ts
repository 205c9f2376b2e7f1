import type { Turn } from "../shared/turns.ts";

/** How speakers of one channel are told apart; by default they are not. */
export interface DiarizationOptions {
  /** Finds who speaks when. The recording is read twice, and all its channels are mixed. */
  readonly diarize?: boolean | undefined;
  /** How many speak, where that is known. */
  readonly speakers?: number | undefined;
  /** Who speaks when, where that is known. */
  readonly turns?: readonly Turn[] | undefined;
}

/** @throws RangeError for a number of speakers that is none, and turns without a time or a name */
export function checkDiarization(caller: string, { speakers, turns }: DiarizationOptions): void {
  if (speakers !== undefined && !(Number.isInteger(speakers) && speakers > 0)) {
    throw new RangeError(`${caller}: speakers must be a whole number above 0, got ${speakers}`);
  }
  const wrong = turns?.find(
    ({ startSec, endSec, speaker }) =>
      !(startSec >= 0 && endSec >= startSec && endSec < Infinity) || typeof speaker !== "string",
  );
  if (wrong === undefined) return;
  throw new RangeError(
    `${caller}: turns must have startSec, endSec and speaker, got ${JSON.stringify(wrong)}`,
  );
}
