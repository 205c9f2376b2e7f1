import { join } from "node:path";
import { noIntervalReason } from "../../evaluation/bootstrap.ts";
import { writeFileAtomically } from "../../shared/files.node.ts";
import { cell, table } from "../leaderboard/markdown.ts";
import { conditionsTable, type ConditionsDocument } from "./conditions-document.ts";

/** Writes `conditions.json`, `.md` and `.svg` into a folder. @throws UndertoneError `disk-full`, `file-unreadable` */
export async function writeConditions(folder: string, document: ConditionsDocument): Promise<void> {
  // Loaded here: the chart library takes a fifth of a second.
  const { scoreBarsChart } = await import("../../evaluation/charts/bars.ts");
  const { svgFile } = await import("../../evaluation/charts/plot.ts");
  const { clean, conditions } = document;
  const bars = [
    { name: "clean", score: clean },
    ...conditions.map(({ name, unweightedAverageRecall: score }) => ({ name, score })),
  ];
  const description = `Unweighted average recall of ${document.name} on ${document.corpus} under each condition; the dashed line is that of the clips as they are`;
  const json = `${JSON.stringify(document, undefined, 2)}\n`;
  await writeFileAtomically(join(folder, "conditions.json"), json);
  await writeFileAtomically(join(folder, "conditions.md"), conditionsMarkdown(document));
  const chart = scoreBarsChart(description, bars, clean.value);
  await writeFileAtomically(join(folder, "conditions.svg"), svgFile(chart));
}

/** Returns the conditions and scores of a test as a page in Markdown. */
export function conditionsMarkdown(document: ConditionsDocument): string {
  const { header, rows } = conditionsTable(document);
  const { name, corpus, trainedOn, clips, speakers, labels, seed, noise, conditions } = document;
  const reason = noIntervalReason(speakers);
  const noises = noise.map((folder) => `${folder.corpus} (${folder.recordings} recordings)`);
  return [
    `# ${cell(name)} on ${cell(corpus)} under conditions`,
    `Trained on ${cell(trainedOn.join(", ")) || "what the model's file does not say"}. ${clips} clips of ${speakers} speakers, ${labels.join(", ")}; chance is ${(100 / labels.length).toFixed(1)} %. Unweighted average recall (UAR) in per cent; ${reason ?? "intervals resample speakers"}. Noise: ${cell(noises.join(", ")) || "white and pink"}. Seed ${seed}.`,
    table(header, rows),
    conditions.map((condition) => `- ${condition.name}: ${condition.description}`).join("\n"),
    'Codecs that are "-like" imitate a standard and are not it.',
    "![Scores under each condition](conditions.svg)\n",
  ].join("\n\n");
}
