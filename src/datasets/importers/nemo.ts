import { cellText, parseTable } from "../table.ts";
import { parseSex, stemOf } from "./importer.ts";
import { namedBy } from "./name-pattern.ts";

/**
 * nEMO, nine Polish actors: `samples/SK1_anger_1.wav`, with sexes and words in `data.tsv`.
 * @see https://github.com/amu-cai/nEMO
 */
export const nemo = namedBy({
  pattern: /^(?<speaker>[A-Z]{2}\d)_(?<emotion>[a-z]+)_(?<sentence>\d+)$/,
  emotions: {
    anger: "angry",
    fear: "fearful",
    happiness: "happy",
    neutral: "neutral",
    sadness: "sad",
    surprised: "surprised",
  },
  details: {
    files: /(?:^|\/)data\.tsv$/,
    read(files) {
      const rows = files.flatMap(({ path, bytes }) => parseTable(path, bytes));
      const known = new Map(rows.map((row) => [stemOf(cellText(row, "file_id")), row]));
      return ({ id }) => {
        const row = known.get(id);
        if (!row) return {};
        const sex = parseSex(cellText(row, "gender"));
        return { ...(sex && { sex }), transcript: cellText(row, "raw_text") };
      };
    },
  },
});
