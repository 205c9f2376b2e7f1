import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { channelModes } from "../audio/channels.ts";
import { suggestion } from "./suggest.ts";

/** Reads an option's value as a whole number. */
export const wholeNumber =
  (least = 1) =>
  (text: string): number => {
    const value = Number(text);
    if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Give a whole number of at least ${least}.`);
  };

/** Reads an option's value as a number from 0 to `most`. */
export const numberUpTo =
  (most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && value >= 0 && value <= most) return value;
    throw new InvalidArgumentError(
      Number.isFinite(most) ? `Give a number from 0 to ${most}.` : "Give a number of at least 0.",
    );
  };

/** Keeps every value of an option that may be repeated, each once. */
export function repeatable(value: string, earlier: readonly string[] = []): string[] {
  return [...new Set([...earlier, value])];
}

/** Returns an option whose value is one of `names`; `synonyms` are other words for some of them. */
export function choice<Flags extends string, const Name extends string>(
  flags: Flags,
  description: string,
  { names, synonyms = {} }: { names: readonly Name[]; synonyms?: Readonly<Record<string, Name>> },
) {
  return new Option(flags, description).choices(names).argParser((text: string): Name => {
    const name = names.find((each) => each === text);
    if (name !== undefined) return name;
    const meant = synonyms[text.toLowerCase()];
    const near = meant === undefined ? suggestion(text, names) : ` Did you mean ${meant}?`;
    throw new InvalidArgumentError(`${near} Choices: ${names.join(", ")}.`.trim());
  });
}

/** Reads an option's value as different names between commas. */
export function nameList(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new InvalidArgumentError("Give names between commas.");
  const twice = names.find((name, n) => names.indexOf(name) < n);
  if (twice === undefined) return names;
  throw new InvalidArgumentError(`"${twice}" stands twice: give each speaker another name.`);
}

/** Reads an option's value as one of several shards, as in 3/64. */
function shard(text: string): { readonly index: number; readonly count: number } {
  const [, index = 0, count = 0] = (/^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw new InvalidArgumentError("Give a shard and their number, such as 1/64 to 64/64.");
}

/** The options that several commands share. */
export const speakerChannelsOption = choice(
  "--channels <which>",
  "Channels to take: split has a speaker in each, auto decides by what they hold",
  {
    names: channelModes,
    synonyms: {
      both: "mix",
      mono: "mix",
      l: "left",
      r: "right",
      stereo: "split",
      separate: "split",
      all: "split",
    },
  },
).default("auto" as const);

export const trackOption = new Option(
  "--track <number>",
  "Audio track of a video, from 1 (default: the one that the file names)",
).argParser(wholeNumber());

export const maxDurationOption = new Option(
  "--max-duration <hours>",
  "Refuse longer recordings (default: 24 hours)",
).argParser(numberUpTo(Infinity));

export const shardOption = new Option(
  "--shard <i/n>",
  "Only the i-th of n shards, which together hold every file once",
).argParser(shard);

export const jsonOption = new Option("--json", "Print one JSON document");

export const offlineOption = new Option("--offline", "Download nothing");

export const threadsOption = new Option(
  "--threads <count>",
  "Threads for the computation (default: number of CPU cores)",
).argParser(wholeNumber());

export const speakersOption = new Option(
  "--speakers <count>",
  "How many speak (default: found)",
).argParser(wholeNumber());
