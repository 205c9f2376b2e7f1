import { parseLabel } from "../../shared/labels.ts";
import { decodeText } from "../table-text.ts";
import { namedBy } from "./name-pattern.ts";

/** One line of `0011/0011.txt`: clip, words, emotion. */
const line = /^(?<id>00\d{2}_\d{6})\t(?<words>[^\t]*)/;

/**
 * ESD, ten speakers each of Mandarin (0001 to 0010) and English, who say the same 350 sentences in each emotion:
 * `0011/Angry/train/0011_000351.wav`. Its splits share speakers and are not read.
 * @see https://github.com/HLTSingapore/Emotional-Speech-Data
 */
export const esd = namedBy({
  pattern:
    /(?:^|\/)(?<speaker>00(?:0[1-9]|1\d|20))\/(?<emotion>Angry|Happy|Neutral|Sad|Surprise)\/(?:(?:train|evaluation|test)\/)?00\d{2}_\d{6}$/,
  emotions: Object.fromEntries(
    ["Angry", "Happy", "Neutral", "Sad", "Surprise"].map((word) => [word, parseLabel(word)!]),
  ),
  details: {
    files: /(?:^|\/)00\d{2}\.txt$/,
    read(files) {
      const words = new Map<string, string>();
      for (const { path, bytes } of files) {
        for (const source of decodeText(path, bytes).split(/\r?\n/)) {
          const groups = line.exec(source)?.groups;
          if (groups) words.set(groups["id"]!, groups["words"]!.trim());
        }
      }
      return ({ id }) => {
        const transcript = words.get(id);
        return transcript === undefined ? {} : { transcript };
      };
    },
  },
});
