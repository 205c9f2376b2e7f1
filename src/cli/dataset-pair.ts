import { defineCommand } from "citty";
import { dirname, relative, resolve } from "node:path";
import { wholeNumber } from "./arguments.ts";

/** `undertone dataset pair`: simulated pairs of a recording and words of the same emotion. */
export const pairCommand = defineCommand({
  meta: {
    name: "pair",
    description:
      "Simulate a corpus whose words carry emotion: pair recordings with texts of the same emotion",
    examples: ["undertone dataset pair data/crema-d data/text/meld --out data/pairs.jsonl"],
  },
  args: {
    recordings: { type: "positional", required: true, description: "A corpus of recordings" },
    texts: { type: "positional", required: true, description: "A corpus of texts" },
    out: {
      type: "string",
      required: true,
      valueHint: "file",
      description: "JSON Lines table for train, with the sides of --protocol official",
    },
    seed: { type: "string", valueHint: "number", default: "1", description: "Random seed" },
  },
  run: async ({ args }) => {
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const { simulatePairs } = await import("../datasets/simulated-pairs.ts");
    const { readTextCorpus } = await import("../datasets/text-manifest.ts");
    const { writeFileAtomically } = await import("../shared/files.node.ts");
    const seed = wholeNumber("--seed", args.seed, 0);
    const recordings = await readCorpus(args.recordings);
    const texts = await readTextCorpus(args.texts, { seed });
    const pairs = simulatePairs(recordings, texts, { seed });
    const folder = dirname(resolve(args.out));
    const rows = pairs.clips.map(({ path, emotion, speakerId: speaker, sex, side, transcript }) =>
      JSON.stringify({ path: relative(folder, path), emotion, speaker, sex, side, transcript }),
    );
    await writeFileAtomically(args.out, `${rows.join("\n")}\n`);
    for (const { reason, count } of pairs.leftOut) console.log(`Left out: ${count} (${reason})`);
    console.log(
      `${rows.length} simulated pairs of ${recordings.corpus} and ${texts.corpus}: ${args.out}\n` +
        `Next: undertone train recipes/fusion-gated.json --data ${args.out} --protocol official`,
    );
  },
});
