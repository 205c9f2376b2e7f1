import { createCommand, examples } from "./command.ts";
import { wholeNumber } from "./options.ts";
import { assertNewFile, formatOfFile } from "./out-file.ts";
import { typeable } from "./typeable.ts";

/** `undertone dataset pair`: simulated pairs of a recording and words of the same emotion. */
export const pairCommand = createCommand(
  "pair",
  "Simulate a corpus with emotion in both channels: pair recordings with texts of the same emotion",
)
  .argument("<recordings>", "Corpus of recordings")
  .argument("<texts>", "Corpus of texts")
  .requiredOption(
    "--out <table.jsonl>",
    "New JSON Lines table for train, with the splits of --protocol official",
  )
  .option("--seed <number>", "Random seed", wholeNumber(0), 1)
  .addHelpText("after", examples("undertone dataset pair data/crema-d data/meld --out pairs.jsonl"))
  .action(async (recordingsPath, textsPath, { out, seed }) => {
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const { simulatePairs } = await import("../datasets/simulated-pairs.ts");
    const { readTextCorpus } = await import("../datasets/text-manifest.ts");
    const { writeClipTable } = await import("../datasets/write-table.ts");
    formatOfFile(out, { ".jsonl": "jsonl" });
    await assertNewFile(out);
    const recordings = await readCorpus(recordingsPath);
    const texts = await readTextCorpus(textsPath, { seed });
    const pairs = simulatePairs(recordings, texts, { seed });
    await writeClipTable(out, pairs.clips);
    for (const { reason, count } of texts.leftOut) {
      console.log(`Left out of ${texts.corpus}: ${count} (${reason})`);
    }
    for (const { reason, count } of [...recordings.leftOut, ...pairs.leftOut]) {
      console.log(`Left out: ${count} (${reason})`);
    }
    console.log(
      `${pairs.clips.length} simulated pairs of ${recordings.corpus} and ${texts.corpus}: ${out}`,
    );
    const next = `undertone train fusion-gated --data ${out} --protocol official`;
    console.log(typeable(`Next: ${next} --set words.transcripts=corpus`));
  });
