import { channelModes, type ChannelMode } from "../audio/channels.ts";
import type { SoundChoice } from "../audio/read-channels.ts";
import { nearest } from "../shared/nearest.ts";

/** What a value may be: a word of `typeof`, a class, or `null`. */
type Kind =
  | "string"
  | "number"
  | "boolean"
  | "function"
  | "object"
  | typeof AbortSignal
  | typeof Uint8Array
  | typeof URL
  | null;

/** What the value of each option may be; `undefined` is always allowed. */
export type OptionKinds<Options> = Readonly<Record<keyof Options, readonly Kind[]>>;

/**
 * Checks the names and types of options, which JavaScript does not.
 * @param caller name of the function that was given them
 * @throws TypeError naming the option, and the nearest right name for one that does not exist
 */
export function checkOptions<Options extends object>(
  caller: string,
  options: Options,
  kinds: OptionKinds<Options>,
): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${caller}: options must be an object, got ${typeName(options)}`);
  }
  const known = new Map<string, readonly Kind[]>(Object.entries(kinds));
  for (const [key, value] of Object.entries(options)) {
    const allowed = known.get(key);
    if (allowed === undefined) {
      const guess = nearest(key, [...known.keys()]);
      const hint = guess === undefined ? "" : `, did you mean "${guess}"?`;
      throw new TypeError(`${caller}: there is no option "${key}"${hint}`);
    }
    if (value === undefined || allowed.some((kind) => isOfKind(value, kind))) continue;
    const expected = allowed.map((kind) => (typeof kind === "function" ? kind.name : String(kind)));
    throw new TypeError(
      `${caller}: ${key} must be ${expected.join(" or ")}, got ${typeName(value)}`,
    );
  }
}

/**
 * Checks which sound of a recording is asked for.
 * @param modes the channels that may be
 * @throws RangeError for channels that do not exist, a track that is no whole number above 0, and an empty section
 */
export function checkSound(
  caller: string,
  { channels, track, section }: SoundChoice,
  modes: readonly ChannelMode[] = channelModes,
): void {
  if (channels !== undefined && !modes.includes(channels)) {
    throw new RangeError(`${caller}: channels must be ${modes.join(", ")}, got ${channels}`);
  }
  if (track !== undefined && !(Number.isInteger(track) && track > 0)) {
    throw new RangeError(`${caller}: track must be a whole number above 0, got ${track}`);
  }
  if (section !== undefined && !(section.startSec >= 0 && section.endSec > section.startSec)) {
    throw new RangeError(
      `${caller}: section must be { startSec, endSec } with 0 <= startSec < endSec, got ${JSON.stringify(section)}`,
    );
  }
}

/**
 * Checks that recordings are given in an array.
 * @throws TypeError for anything else, such as one recording outside of an array
 */
export function checkInputs(caller: string, inputs: readonly unknown[]): void {
  if (Array.isArray(inputs)) return;
  throw new TypeError(
    `${caller}: pass an array of recordings, such as ["speech.wav"], got ${typeName(inputs)}`,
  );
}

/**
 * Checks that blocks come from an asynchronous source.
 * @throws TypeError for anything else, such as an array
 */
export function checkAsyncIterable(caller: string, blocks: unknown): void {
  if (typeof blocks === "object" && blocks !== null && Symbol.asyncIterator in blocks) return;
  throw new TypeError(
    `${caller}: blocks must be async iterable, such as an async generator, got ${typeName(blocks)}`,
  );
}

function isOfKind(value: unknown, kind: Kind): boolean {
  if (kind === null || value === null) return kind === value;
  return typeof kind === "function" ? value instanceof kind : typeof value === kind;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value;
}
