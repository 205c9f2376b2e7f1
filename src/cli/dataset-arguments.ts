/** The arguments of every command that reads a corpus. */
export const corpusArguments = {
  data: {
    type: "positional",
    required: true,
    description: "The corpus's folder, or a CSV or JSON Lines table of path, emotion, speaker",
  },
  corpus: {
    type: "string",
    valueHint: "name",
    description: "Which corpus to read from a folder that holds several, such as ravdess",
  },
  json: { type: "boolean", description: "Print one JSON document" },
} as const;
