import { join } from "node:path";
import type { TextCorpusName } from "../../text/labels.ts";
import { tableError } from "../table.ts";
import { readLines, readSplits, type SplitFiles, type TextCorpus } from "./text-corpus.ts";

const files: SplitFiles = {
  train: "train.tsv",
  validation: "dev.tsv",
  test: "test.tsv",
};
const labelsFile = "labels.txt";

/** GoEmotions, 27 emotions and neutral. @see Demszky et al. 2020 */
export const goEmotions: TextCorpus = goEmotionsAs("goemotions", 28);

/** GoEmotions with its labels grouped into Ekman's six and neutral. */
export const goEmotionsEkman: TextCorpus = goEmotionsAs("goemotions-ekman", 7);

/** Comments with label numbers after a tab, none of them quoted, whatever quotes they begin with. */
function goEmotionsAs(name: TextCorpusName, labelCount: number): TextCorpus {
  return {
    name,
    files: [...Object.values(files), labelsFile],
    suits: async (root) => (await readLines(root, labelsFile)).length === labelCount,
    async read(root) {
      const names = await readLines(root, labelsFile);
      return readSplits(files, async (split, file) =>
        (await readLines(root, file)).map((source, index) => {
          const [text, numbers, id, ...rest] = source.split("\t");
          const labels = numbers?.split(",").map((number) => names[Number(number)] ?? "");
          if (text === undefined || !labels || labels.includes("") || !id || rest.length > 0) {
            const wanted = `text, tab, numbers below ${names.length}, tab, id`;
            const problem = `not GoEmotions', which has ${wanted}.`;
            throw tableError(join(root, file), index + 1, problem);
          }
          return { id, text, labels, speakerId: id, split };
        }),
      );
    },
  };
}
