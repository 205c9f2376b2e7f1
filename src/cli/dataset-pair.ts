import { stat } from "node:fs/promises";
import { defineCommand } from "citty";
import { UndertoneError } from "../shared/errors.ts";
import { wholeNumber } from "./arguments.ts";

/** `undertone dataset pair`: simulated pairs of a recording and words of the same emotion. */
export const pairCommand = defineCommand({
  meta: {
    name: "pair",
    description:
      "Simulate a corpus whose words carry emotion: pair recordings with texts of the same emotion",
    examples: [
      "undertone dataset pair data/crema-d data/text/meld --out data/simulated-pairs.jsonl",
    ],
  },
  args: {
    recordings: { type: "positional", required: true, description: "A corpus of recordings" },
    texts: { type: "positional", required: true, description: "A corpus of texts" },
    out: {
      type: "string",
      required: true,
      valueHint: "pairs.jsonl",
      description: "New JSON Lines table for train, with the sides of --protocol official",
    },
    seed: { type: "string", valueHint: "number", default: "1", description: "Random seed" },
  },
  run: async ({ args }) => {
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const { simulatePairs } = await import("../datasets/simulated-pairs.ts");
    const { readTextCorpus } = await import("../datasets/text-manifest.ts");
    const { writeClipTable } = await import("../datasets/write-table.ts");
    const seed = wholeNumber("--seed", args.seed, 0);
    await checkOut(args.out);
    const recordings = await readCorpus(args.recordings);
    const texts = await readTextCorpus(args.texts, { seed });
    const pairs = simulatePairs(recordings, texts, { seed });
    await writeClipTable(args.out, pairs.clips);
    for (const { reason, count } of texts.leftOut) {
      console.log(`Left out of ${texts.corpus}: ${count} (${reason})`);
    }
    for (const { reason, count } of [...recordings.leftOut, ...pairs.leftOut]) {
      console.log(`Left out: ${count} (${reason})`);
    }
    console.log(
      `${pairs.clips.length} simulated pairs of ${recordings.corpus} and ${texts.corpus}: ${args.out}\n` +
        `Next: undertone train recipes/pairs/fusion-gated.json --data ${args.out}`,
    );
  },
});

/** @throws UndertoneError `usage` for a file that is there, or that no command would read as a table */
async function checkOut(path: string): Promise<void> {
  if (!path.endsWith(".jsonl")) {
    throw new UndertoneError("usage", `--out ${path}: the name of this table must end in .jsonl.`);
  }
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere) {
    const message = `${path}: is there already. Name another file by --out, or delete it first.`;
    throw new UndertoneError("usage", message);
  }
}
