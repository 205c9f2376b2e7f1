import { UndertoneError } from "../shared/errors.ts";
import type { Turn } from "../shared/turns.ts";
import { SpeakerRuns } from "./speaker-runs.ts";

/** Who the speakers of a recording are. */
export interface SpeakerOptions {
  /** Names of the speakers, in the order of their channels; by default the numbers that are free: "speaker 1", "speaker 2" and so on. */
  readonly roles?: readonly string[] | undefined;
  /** Names of those who are analyzed; all others are left out. By default all are analyzed. */
  readonly only?: readonly string[] | undefined;
}

/** Who speaks in a channel, or in the whole recording where both are `null`. */
export interface ChannelSpeaker {
  /** From 1. */
  readonly channel: number | null;
  readonly speaker: string | null;
  /** What of the first channel is this speaker's; all of it where there is none. */
  readonly runs?: SpeakerRuns | undefined;
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

/** Returns different names of all speakers: their roles, and of the rest their defaults or else numbers that are free. */
function speakerNames(defaults: readonly string[], roles: readonly string[]): string[] {
  const taken = new Set(roles);
  return defaults.map((byDefault, n) => {
    const role = roles[n];
    if (role !== undefined) return role;
    let name = byDefault;
    for (let number = n + 1; taken.has(name); number++) name = `speaker ${number}`;
    taken.add(name);
    return name;
  });
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
  const usage = usageOf(name);
  if (count === 1) {
    if (only === undefined) return [{ channel: null, speaker: null }];
    throw usage(
      "The recording has one channel, or one sound in all, so its speakers are told apart by --diarize alone: add it, or leave out --only.",
    );
  }
  if (roles.length > count) {
    throw usage(
      `There are ${roles.length} roles (${roles.join(", ")}), but ${count} channels: name at most one for each.`,
    );
  }
  const numbered = Array.from({ length: count }, (_, n) => `speaker ${n + 1}`);
  const names = speakerNames(numbered, roles);
  const speakers = names.map((speaker, n) => ({ channel: n + 1, speaker }));
  const unknown = only?.find((each) => !names.includes(each));
  if (unknown === undefined) {
    return speakers.filter(({ speaker }) => only?.includes(speaker) ?? true);
  }
  throw usage(noSpeaker(unknown, names));
}

/**
 * Returns who of the speakers of one channel are analyzed, in the order of their first words, named by their roles.
 * @throws UndertoneError `usage` for names that nobody has
 */
export function runSpeakers(
  { turns, sampleRate }: { readonly turns: readonly Turn[]; readonly sampleRate: number },
  { roles = [], only }: SpeakerOptions,
  name?: string,
): ChannelSpeaker[] {
  const all = SpeakerRuns.of(turns, sampleRate);
  const given = speakerNames(
    all.map(({ speaker }) => speaker),
    roles,
  );
  const speakers = all.map((runs, n) => ({ channel: null, speaker: given[n]!, runs }));
  const names = [...roles, ...speakers.map(({ speaker }) => speaker)];
  const unknown = only?.find((each) => !names.includes(each));
  if (unknown !== undefined) throw usageOf(name)(noSpeaker(unknown, [...new Set(names)]));
  const kept = speakers.filter(({ speaker }) => only?.includes(speaker) ?? true);
  return kept.length > 0
    ? kept
    : [{ channel: null, speaker: null, runs: SpeakerRuns.none(sampleRate) }];
}

function noSpeaker(name: string, names: readonly string[]): string {
  return `There is no speaker "${name}" for --only. There are: ${names.join(", ")}. Name them by --roles.`;
}

/** Returns what makes errors about a recording of that name. */
function usageOf(name: string | undefined): (message: string) => UndertoneError {
  return (message) =>
    new UndertoneError("usage", name === undefined ? message : `${name}: ${message}`);
}
