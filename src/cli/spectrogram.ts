import { summaries } from "./command-list.ts";
import { createCommand, examples } from "./command.ts";
import { numberUpTo } from "./options.ts";

/** `undertone spectrogram`: a recording to look at. */
export const spectrogramCommand = createCommand("spectrogram", summaries.spectrogram)
  .argument("<file>", "Audio file")
  .requiredOption(
    "--out <picture>",
    "Picture to write: a .png or .svg file; an existing one is replaced",
  )
  .option("--from <seconds>", "Start here (default: the start)", numberUpTo(Infinity))
  .option("--to <seconds>", "End here (default: the end)", numberUpTo(Infinity))
  .addHelpText(
    "after",
    examples(
      "undertone spectrogram interview.mp3 --out x.png",
      "undertone spectrogram call.wav --from 60 --to 75 --out x.svg",
    ),
  )
  .action(async (file, options) => {
    const { writeSpectrogram } = await import("./run-spectrogram.ts");
    await writeSpectrogram(file, options);
  });

export type SpectrogramOptions = ReturnType<typeof spectrogramCommand.opts>;
