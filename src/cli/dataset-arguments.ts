import { Argument, Option } from "@commander-js/extra-typings";

/** The corpus that a command reads. */
export const corpusArgument = new Argument(
  "<data>",
  "Corpus: its folder, or a CSV or JSON Lines table of path, emotion, speaker",
);

export const corpusOption = new Option(
  "--corpus <name>",
  "Which corpus to read from a folder that holds several, such as ravdess",
);
