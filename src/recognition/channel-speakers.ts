import { UndertoneError } from "../shared/errors.ts";

/** Who the speakers of a recording are. */
export interface SpeakerOptions {
  /** Names of the speakers, in the order of their channels; by default "speaker 1", "speaker 2" and so on. */
  readonly roles?: readonly string[] | undefined;
  /** Names of those who are analyzed; all others are left out. By default all are analyzed. */
  readonly only?: readonly string[] | undefined;
}

/** Who speaks in a channel, or in the whole recording where both are `null`. */
export interface ChannelSpeaker {
  /** From 1. */
  readonly channel: number | null;
  readonly speaker: string | null;
}

/**
 * Checks the names of speakers.
 * @throws RangeError for names that are empty or stand twice
 */
export function checkSpeakers(caller: string, options: SpeakerOptions): void {
  for (const option of ["roles", "only"] as const) {
    const names = options[option];
    if (names === undefined) continue;
    const isList = Array.isArray(names) && names.length > 0;
    const areDistinct = new Set(names).size === names.length;
    if (isList && areDistinct && names.every(isName)) continue;
    throw new RangeError(
      `${caller}: ${option} must be one or more different names, got ${JSON.stringify(names)}`,
    );
  }
}

const isName = (name: unknown): boolean => typeof name === "string" && name.trim() !== "";

/** Returns the name of the n-th speaker, from 0. */
export function speakerName(n: number, { roles }: SpeakerOptions): string {
  return roles?.[n] ?? `speaker ${n + 1}`;
}

/**
 * Returns who of a recording's channels are analyzed. A single channel has no speakers that could be told apart.
 * @param name of the recording, for messages
 * @throws UndertoneError `usage` for names that do not fit the recording
 */
export function channelSpeakers(
  count: number,
  options: SpeakerOptions,
  name?: string,
): ChannelSpeaker[] {
  const { roles = [], only } = options;
  const usage = (message: string): UndertoneError =>
    new UndertoneError("usage", name === undefined ? message : `${name}: ${message}`);
  if (count === 1) {
    if (roles.length === 0 && only === undefined) return [{ channel: null, speaker: null }];
    throw usage(
      "The recording has one channel, or one sound in all, so speakers cannot be told apart: leave out --roles and --only.",
    );
  }
  if (roles.length > count) {
    throw usage(
      `There are ${roles.length} roles (${roles.join(", ")}), but ${count} channels: name at most one for each.`,
    );
  }
  const speakers = Array.from({ length: count }, (_, n) => ({
    channel: n + 1,
    speaker: speakerName(n, options),
  }));
  const names = speakers.map(({ speaker }) => speaker);
  const unknown = only?.find((each) => !names.includes(each));
  if (unknown === undefined) {
    return speakers.filter(({ speaker }) => only?.includes(speaker) ?? true);
  }
  throw usage(
    `There is no speaker "${unknown}" for --only. There are: ${names.join(", ")}. Name them by --roles.`,
  );
}
