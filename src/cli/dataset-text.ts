import { contradictions, textStats, type TextStats } from "../datasets/text-stats.ts";
import { readTextCorpus } from "../datasets/text-manifest.ts";
import type { CorpusOptions } from "../datasets/read-corpus.ts";
import { noteLines } from "../datasets/omissions.ts";
import { printable } from "./printable.ts";
import { printJson } from "./output.ts";
import { formatTable } from "./table.ts";

const shownContradictions = 10;

/** Prints `undertone dataset stats` of a corpus of texts. */
export async function printTextStats(
  root: string,
  { columns }: CorpusOptions,
  json: boolean | undefined,
): Promise<void> {
  const manifest = await readTextCorpus(root, { columns });
  const stats = textStats(manifest);
  if (json) return printJson(stats);
  const present = Object.keys(stats.emotions);
  const row = (
    name: string,
    { emotions: counts, texts }: TextStats["splits"]["train"],
  ): string[] => [name, ...present.map((emotion) => String(counts[emotion])), String(texts)];
  const rows = Object.entries(stats.splits).map(([split, counts]) => row(split, counts));
  console.log(formatTable(["split", ...present, "texts"], [...rows, row("all", stats)]));
  const { median, p95, max } = stats.words;
  console.log();
  console.log(`${stats.corpus}: ${stats.texts} texts of ${stats.speakers} speakers or dialogues`);
  console.log(`Words in a text: median ${median}, p95 ${p95}, max ${max}`);
  for (const line of noteLines(manifest)) console.log(printable(line));
}

/** Prints `undertone dataset check` of a corpus of texts. */
export async function printTextCheck(
  root: string,
  { columns }: CorpusOptions,
  json: boolean | undefined,
): Promise<void> {
  const manifest = await readTextCorpus(root, { columns });
  const { corpus, clips, leftOut, warnings } = manifest;
  const findings = contradictions(manifest).map((texts) => ({
    kind: "same words under several emotions",
    severity: "note",
    clips: texts.map(({ id }) => id),
    detail: `"${texts[0]!.transcript}": ${[...new Set(texts.map(({ emotion }) => emotion))].join(", ")}`,
  }));
  if (json) {
    const notes = findings.length;
    return printJson({
      corpus,
      root: manifest.root,
      clips: clips.length,
      leftOut,
      warnings,
      problems: 0,
      notes,
      findings,
    });
  }
  for (const line of noteLines(manifest)) console.log(printable(line));
  console.log(`same words under several emotions (note): ${findings.length}`);
  for (const { clips: ids, detail } of findings.slice(0, shownContradictions)) {
    console.log(`  ${ids.length} × ${detail}`);
  }
  const more = findings.length - shownContradictions;
  if (more > 0) console.log(`  and ${more} more; --json has them all`);
  console.log(`${corpus}: ${clips.length} texts, no problems.`);
}
