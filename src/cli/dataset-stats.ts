import type { CorpusStats } from "../datasets/stats.ts";
import { unknownSpeaker } from "../datasets/manifest.ts";
import { noteLines } from "../datasets/omissions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { cancellable } from "./cancel.ts";
import { createCommand, examples } from "./command.ts";
import {
  columnsOption,
  corpusArgument,
  corpusOption,
  layoutOption,
  mapOption,
  speakerFromOption,
} from "./dataset-arguments.ts";
import { jsonOption } from "./options.ts";
import { assertWritableFile } from "./out-file.ts";
import { counted, printJson } from "./output.ts";
import { pictureFormat, writePicture } from "./picture-file.ts";
import { printable } from "./printable.ts";
import { createProgress, formatDuration } from "./progress.ts";
import { formatTable } from "./table.ts";

/** `undertone dataset stats`: what a corpus holds. */
export const statsCommand = createCommand(
  "stats",
  "Count a corpus's clips by emotion, speaker, sex and length",
)
  .addArgument(corpusArgument)
  .addOption(corpusOption)
  .addOption(columnsOption)
  .addOption(layoutOption)
  .addOption(speakerFromOption)
  .addOption(mapOption)
  .option(
    "--picture <file>",
    "Draw the counts too, into a .png or .svg file; an existing one is replaced",
  )
  .addOption(jsonOption)
  .addHelpText(
    "after",
    examples(
      "undertone dataset stats data/ravdess",
      "undertone dataset stats data/ravdess --picture ravdess.png",
    ),
  )
  .action(async (data, { picture, json, ...corpusOptions }) => {
    const { holdsTexts } = await import("../datasets/text-manifest.ts");
    if (picture !== undefined) pictureFormat(picture);
    await assertWritableFile(picture);
    if (await holdsTexts(data, corpusOptions)) {
      if (picture !== undefined) {
        const message = "There is no picture of a corpus of texts: leave out --picture.";
        throw new UndertoneError("usage", message);
      }
      const { printTextStats } = await import("./dataset-text.ts");
      return printTextStats(data, corpusOptions, json);
    }
    const { measureClips } = await import("../datasets/measure.ts");
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const { corpusStats } = await import("../datasets/stats.ts");
    const corpus = await readCorpus(data, corpusOptions);
    const onProgress = createProgress(process.stderr);
    const measures = await cancellable((signal) => measureClips(corpus, { onProgress, signal }));
    const stats = corpusStats(corpus, measures);
    if (picture !== undefined) {
      const { drawStats } = await import("../reports/corpus-picture.ts");
      const lengths = measures.flatMap((measure) =>
        "error" in measure ? [] : [measure.durationSec],
      );
      await writePicture(picture, drawStats(stats, lengths));
    }
    if (json) printJson({ ...stats, leftOut: corpus.leftOut, warnings: corpus.warnings });
    else {
      printStats(stats);
      for (const line of noteLines(corpus)) console.log(printable(line));
    }
    if (stats.unreadable === 0) return;
    const lost = `${counted(stats.unreadable, "clip")} cannot be read.`;
    throw new UndertoneError("some-failed", `${lost} To see which: undertone dataset check`);
  });

function printStats({ corpus, clips, emotions, sexes, ...stats }: CorpusStats): void {
  const present = Object.keys(emotions);
  const known = (["female", "male", "unknown"] as const).filter((sex) => sexes[sex] > 0);
  const hasSexes = sexes.unknown < clips;
  const hasSpeakers = stats.speakers.some(({ speakerId }) => speakerId !== unknownSpeaker);
  const lead = (speaker: string, sex: string): string[] =>
    hasSpeakers ? [speaker, ...(hasSexes ? [sex] : [])] : [];
  const countsOf = (part: Pick<CorpusStats, "clips" | "emotions">): string[] =>
    [...present.map((emotion) => part.emotions[emotion]), part.clips].map(String);
  const rows = (hasSpeakers ? stats.speakers : []).map((speaker) => [
    ...lead(speaker.speakerId, speaker.sex),
    ...countsOf(speaker),
  ]);
  const total = [...lead("all", ""), ...countsOf({ clips, emotions })];
  console.log(formatTable([...lead("speaker", "sex"), ...present, "clips"], [...rows, total]));
  const { total: totalSec, ...quantiles } = stats.lengthSec;
  const lengths = Object.entries(quantiles).map(([name, sec]) => `${name} ${sec.toFixed(2)}`);
  const speakers = hasSpeakers ? ` of ${counted(stats.speakers.length, "speaker")}` : "";
  console.log(`\n${corpus}: ${counted(clips, "clip")}${speakers}`);
  if (hasSexes) console.log(`Sex: ${known.map((sex) => `${sexes[sex]} ${sex}`).join(", ")}`);
  console.log(`Length: ${formatDuration(totalSec)} in all; in seconds ${lengths.join(", ")}`);
}
