import { Argument, Option } from "@commander-js/extra-typings";
import { readFileSync } from "node:fs";
import { type LabelMap, parseLabelMap, parseLabelMapFile } from "../datasets/label-map.ts";
import { parseSpeakerPattern } from "../datasets/speaker-pattern.ts";
import { parseColumns } from "../datasets/table-columns.ts";
import { fileError } from "../shared/files.node.ts";

/** The corpus that a command reads. */
export const corpusArgument = new Argument(
  "<data>",
  "Corpus: its folder, or a CSV or JSON Lines table of path, emotion, speaker",
);

/** Heading of the options that say how to read a corpus. */
export const corpusOptionsHeading = "Corpus options:";

export const corpusOption = new Option(
  "--corpus <name>",
  "Which corpus to read from a folder that holds several, such as ravdess",
).helpGroup(corpusOptionsHeading);

export const columnsOption = new Option(
  "--columns <role=name,...>",
  "Columns of a table with unusual names, as in path=file,label=emo,speaker=who",
)
  .argParser(parseColumns)
  .helpGroup(corpusOptionsHeading);

export const layoutOption = new Option(
  "--layout <folders>",
  "What the folders above each file are, as in speaker/label (also: split, *)",
).helpGroup(corpusOptionsHeading);

export const speakerFromOption = new Option(
  "--speaker-from <pattern>",
  "Speaker in each clip's path: a regular expression whose first group it is",
)
  .argParser(parseSpeakerPattern)
  .helpGroup(corpusOptionsHeading);

export const mapOption = new Option(
  "--map <label=label,...>",
  "Labels to read as others, or to leave out, as in exc=happy,calm=; or a .json or .csv file of them",
)
  .argParser(readLabelMap)
  .helpGroup(corpusOptionsHeading);

function readLabelMap(text: string): LabelMap {
  if (!/\.(?:json|csv|tsv)$/i.test(text)) return parseLabelMap(text);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(text);
  } catch (error) {
    throw fileError(text, error);
  }
  return parseLabelMapFile(text, bytes);
}
