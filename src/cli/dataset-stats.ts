import { defineCommand } from "citty";
import type { CorpusStats } from "../datasets/stats.ts";
import { noteLines } from "../datasets/omissions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import { signalOf } from "./cancel.ts";
import { corpusArguments } from "./dataset-arguments.ts";
import { printJson } from "./output.ts";
import { printable } from "./printable.ts";
import { createProgress, formatDuration } from "./progress.ts";
import { formatTable } from "./table.ts";

/** `undertone dataset stats`: what a corpus holds. */
export const statsCommand = defineCommand({
  meta: {
    name: "stats",
    description: "Count a corpus's clips by emotion, speaker, sex and length",
    examples: [
      "undertone dataset stats data/ravdess",
      "undertone dataset stats data/ravdess --picture ravdess.svg",
    ],
  },
  args: {
    ...corpusArguments,
    picture: { type: "string", valueHint: "file.svg", description: "Draw it into this file too" },
  },
  run: async ({ args, data }) => {
    const { holdsTexts } = await import("../datasets/text-manifest.ts");
    if (args.corpus === undefined && (await holdsTexts(args.data))) {
      if (args.picture !== undefined) {
        throw new UndertoneError("usage", "A corpus of texts has no picture: leave out --picture.");
      }
      const { printTextStats } = await import("./dataset-text.ts");
      return printTextStats(args.data, args.json);
    }
    const { measureClips } = await import("../datasets/measure.ts");
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const { corpusStats } = await import("../datasets/stats.ts");
    const corpus = await readCorpus(args.data, { corpus: args.corpus });
    const onProgress = createProgress(process.stderr);
    const measures = await measureClips(corpus, { onProgress, signal: signalOf({ data }) });
    const stats = corpusStats(corpus, measures);
    if (args.picture !== undefined) {
      const { drawStats } = await import("./dataset-picture.ts");
      const lengths = measures.flatMap((measure) =>
        "error" in measure ? [] : [measure.durationSec],
      );
      await writeFileAtomically(args.picture, drawStats(stats, lengths));
    }
    if (args.json) printJson({ ...stats, leftOut: corpus.leftOut, warnings: corpus.warnings });
    else {
      printStats(stats);
      for (const line of noteLines(corpus)) console.log(printable(line));
    }
  },
});

function printStats({ corpus, clips, emotions: counts, sexes, ...stats }: CorpusStats): void {
  const present = Object.keys(counts);
  const known = (["female", "male", "unknown"] as const).filter((sex) => sexes[sex] > 0);
  const rows = stats.speakers.map((speaker) => [
    speaker.speakerId,
    speaker.sex,
    ...present.map((emotion) => String(speaker.emotions[emotion])),
    String(speaker.clips),
  ]);
  const total = ["all", "", ...present.map((emotion) => String(counts[emotion])), String(clips)];
  console.log(formatTable(["speaker", "sex", ...present, "clips"], [...rows, total]));
  const { total: totalSec, ...quantiles } = stats.lengthSec;
  const lengths = Object.entries(quantiles).map(([name, sec]) => `${name} ${sec.toFixed(2)}`);
  console.log();
  console.log(`${corpus}: ${clips} clips of ${stats.speakers.length} speakers`);
  console.log(`Sex: ${known.map((sex) => `${sexes[sex]} ${sex}`).join(", ")}`);
  console.log(`Length: ${formatDuration(totalSec)} in all; in seconds ${lengths.join(", ")}`);
  if (stats.unreadable > 0)
    console.log(`Unreadable: ${stats.unreadable}; dataset check names them`);
}
