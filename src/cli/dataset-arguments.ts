import { Argument, Option } from "@commander-js/extra-typings";
import { parseColumns } from "../datasets/table-columns.ts";

/** The corpus that a command reads. */
export const corpusArgument = new Argument(
  "<data>",
  "Corpus: its folder, or a CSV or JSON Lines table of path, emotion, speaker",
);

export const corpusOption = new Option(
  "--corpus <name>",
  "Which corpus to read from a folder that holds several, such as ravdess",
);

export const columnsOption = new Option(
  "--columns <role=name,...>",
  "Columns of a table with unusual names, as in path=file,label=emo,speaker=who",
).argParser(parseColumns);

export const layoutOption = new Option(
  "--layout <folders>",
  "What the folders above each file are, as in speaker/label (also: split, *)",
);
