import { parseLabel } from "../../shared/labels.ts";
import type { Dimensions } from "../manifest.ts";
import { decodeText } from "../table-text.ts";
import { type AnnotatedImporter, type NamedClip, type Omission, stemOf } from "./importer.ts";

const name = /^(?<session>Ses0[1-5])[FM]_(?:impro|script)\w+_(?<sex>[FM])\d{3}$/;

/** `[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 2.5000]`, the last valence, activation and dominance. */
const label = /^\[[\d. -]+\]\t(?<id>Ses\w+)\t(?<code>[a-z]{3})\t\[(?<ratings>[^\]]*)\]/;

/** `Ses01F_impro01_F000 [006.2901-008.2357]: Excuse me.` */
const transcription = /^(?<id>Ses\w+) \[[^\]]*\]: (?<words>.*)$/;

/**
 * IEMOCAP, ten actors in five sessions: `Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav`, labeled by
 * `dialog/EmoEvaluation/*.txt`. Excited and frustrated are labels of their own; --map excited=happy makes the usual four.
 * @see https://sail.usc.edu/iemocap/
 */
export const iemocap: AnnotatedImporter = {
  idOf(path) {
    const stem = stemOf(path);
    return name.test(stem) ? stem : undefined;
  },
  labelFiles: /(?:^|\/)(?:EmoEvaluation|transcriptions)\/Ses0[1-5][FM]_\w+\.txt$/,
  labelFilesName: "dialog/EmoEvaluation/*.txt",
  readLabels(files) {
    const lines = files.flatMap(({ path, bytes }) => decodeText(path, bytes).split(/\r?\n/));
    const words = new Map(
      lines.flatMap((line) => {
        const groups = transcription.exec(line)?.groups;
        return groups ? [[groups["id"]!, groups["words"]!] as const] : [];
      }),
    );
    const labels = new Map<string, NamedClip | Omission>();
    for (const line of lines) {
      const { id = "", code = "", ratings = "" } = label.exec(line)?.groups ?? {};
      const speaker = name.exec(id)?.groups;
      if (!speaker) continue;
      const transcript = words.get(id);
      const emotion = parseLabel(code);
      if (emotion === undefined) labels.set(id, { omitted: "no agreement" });
      else if (code === "oth") labels.set(id, { omitted: "another emotion" });
      else {
        labels.set(id, {
          id,
          emotion,
          speakerId: `${speaker["session"]}${speaker["sex"]}`,
          sex: speaker["sex"] === "F" ? "female" : "male",
          dimensions: dimensionsOf(ratings),
          ...(transcript !== undefined && { transcript }),
        });
      }
    }
    return labels;
  },
};

function dimensionsOf(ratings: string): Dimensions {
  const [valence = NaN, arousal = NaN, dominance = NaN] = ratings.split(",").map(Number);
  return { arousal, valence, dominance };
}
