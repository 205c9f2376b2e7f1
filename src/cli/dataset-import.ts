import { createCommand, examples } from "./command.ts";
import {
  columnsOption,
  corpusOption,
  layoutOption,
  mapOption,
  speakerFromOption,
} from "./dataset-arguments.ts";
import { counted } from "./output.ts";
import { printable } from "./printable.ts";
import { typeable } from "./typeable.ts";

/** `undertone dataset import`: a table of the clips of corpora. */
export const importCommand = createCommand(
  "import",
  "Write a table of the clips of corpora, to look at, to complete and to train on",
)
  .argument("<data...>", "Corpora: their folders, or CSV or JSON Lines tables")
  .requiredOption("--out <table>", "New table: a .csv or .jsonl file")
  .addOption(corpusOption)
  .addOption(columnsOption)
  .addOption(layoutOption)
  .addOption(speakerFromOption)
  .addOption(mapOption)
  .addHelpText(
    "after",
    examples(
      "undertone dataset import data/ravdess --out ravdess.csv",
      "undertone dataset import data/crema-d data/emodb --out two.csv",
      "undertone dataset import mine --layout speaker/label --out x.csv",
    ),
  )
  .action(async (data, { out, ...corpusOptions }) => {
    const { importCorpus } = await import("../datasets/import-corpus.ts");
    const { noteLines } = await import("../datasets/omissions.ts");
    const { speakersOf } = await import("../datasets/manifest.ts");
    const corpus = await importCorpus(data, out, corpusOptions);
    for (const line of noteLines(corpus)) console.log(printable(line));
    const clips = counted(corpus.clips.length, "clip");
    console.log(`${clips} of ${counted(speakersOf(corpus.clips).length, "speaker")}: ${out}`);
    console.log(typeable(`Next: undertone train audio-cnn --data ${out}`));
  });
