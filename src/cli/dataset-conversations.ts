import { cancellable } from "./cancel.ts";
import { createCommand, examples } from "./command.ts";
import {
  columnsOption,
  corpusArgument,
  corpusOption,
  layoutOption,
  speakerFromOption,
} from "./dataset-arguments.ts";
import { numberUpTo, wholeNumber } from "./options.ts";
import { createProgress } from "./progress.ts";
import { typeable } from "./typeable.ts";

/** `undertone dataset conversations`: recordings of several speakers, for testing diarization. */
export const conversationsCommand = createCommand(
  "conversations",
  "Mix a corpus's clips into conversations, each with an RTTM file of who speaks when",
)
  .addArgument(corpusArgument)
  .requiredOption("--out <folder>", "A new folder")
  .option("--speakers <count>", "Speakers in each", wholeNumber(2), 2)
  .option("--count <number>", "Conversations", wholeNumber(), 10)
  .option("--seconds <length>", "Length of each", wholeNumber(5), 120)
  .option("--overlap <share>", "Share of the speech that two speak at once", numberUpTo(0.5), 0.05)
  .option("--snr <decibels>", "Add pink noise, so much quieter than the speech", Number)
  .option("--seed <number>", "Random seed", wholeNumber(0), 1)
  .addOption(corpusOption)
  .addOption(columnsOption)
  .addOption(layoutOption)
  .addOption(speakerFromOption)
  .addHelpText("after", examples("undertone dataset conversations data/emodb --out calls --snr 15"))
  .action(async (data, { out, speakers, count, seconds, overlap, snr, seed, ...corpusOptions }) => {
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const { writeConversations } = await import("../datasets/conversations.ts");
    const { clips } = await readCorpus(data, corpusOptions);
    const onProgress = createProgress(process.stderr);
    await cancellable((signal) =>
      writeConversations(out, clips, {
        speakers,
        conversations: count,
        lengthSec: seconds,
        overlapShare: overlap,
        snrDb: snr,
        seed,
        onProgress,
        signal,
      }),
    );
    console.log(typeable(`Next: undertone test --rttm ${out}`));
  });
