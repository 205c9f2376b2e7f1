import { join } from "node:path";
import { tableError } from "../table.ts";
import { readLines, type TextCorpus } from "./text-corpus.ts";

const file = "isear.csv";
const columns = { person: "ID", label: "Field1", key: "MYKEY", text: "SIT" };

/** People who had nothing to tell: `[ No response.]`, `NO RESPONSE`, `Blank.`, `Not applicable.` */
const noAnswer =
  /^\[|^(?:no response|none|nothing|blank|never|not applicable|does ?n.t apply)\b.{0,20}$/i;

/**
 * ISEAR: people of 37 countries tell when they felt each of seven emotions. `á` marks the line ends
 * of the questionnaires; a few hundred texts hold a `|`, the separator, right after one.
 * @see Scherer and Wallbott 1994
 */
export const isear: TextCorpus = {
  name: "isear",
  files: [file],
  async read(root) {
    const path = join(root, file);
    const [header = "", ...lines] = await readLines(root, file);
    const names = header.split("|");
    const [person, label, key, textAt] = Object.values(columns).map((name) => names.indexOf(name));
    if ([person, label, key, textAt].includes(-1)) {
      throw tableError(path, 1, `not ISEAR's, which names ${Object.values(columns).join(", ")}.`);
    }
    const behind = names.length - 1 - textAt!;
    return lines.map((source, index) => {
      const fields = source.split("|");
      const parts = fields.slice(textAt, fields.length - behind);
      if (parts.length === 0) throw tableError(path, index + 2, "is cut short.");
      const text = plain(parts.join(" "));
      return {
        id: fields[key!]!,
        text,
        labels: [fields[label!]!],
        speakerId: fields[person!]!,
        ...(noAnswer.test(text) && { defect: "no answer" }),
      };
    });
  },
};

/** Without the marks of line ends and without the quotes' doubled escapes. */
function plain(text: string): string {
  return text
    .replaceAll("á", " ")
    .replaceAll("\\", '"')
    .replace(/"+/g, '"')
    .replace(/\s+/g, " ")
    .trim();
}
