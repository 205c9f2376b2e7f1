import { contradictions, textStats, type TextStats } from "../datasets/text-stats.ts";
import { readTextCorpus, type TextManifest } from "../datasets/text-manifest.ts";
import { emotions } from "../shared/emotions.ts";
import { printJson } from "./output.ts";
import { formatTable } from "./table.ts";

const shownContradictions = 10;

/** Prints `undertone dataset stats` of a corpus of texts. */
export async function printTextStats(root: string, json: boolean | undefined): Promise<void> {
  const stats = textStats(await readTextCorpus(root));
  if (json) return printJson(stats);
  const present = emotions.filter((emotion) => stats.emotions[emotion] > 0);
  const row = (
    name: string,
    { emotions: counts, texts }: TextStats["sides"]["train"],
  ): string[] => [name, ...present.map((emotion) => String(counts[emotion])), String(texts)];
  const rows = Object.entries(stats.sides).map(([side, counts]) => row(side, counts));
  console.log(formatTable(["side", ...present, "texts"], [...rows, row("all", stats)]));
  const { median, p95, max } = stats.words;
  console.log();
  console.log(`${stats.corpus}: ${stats.texts} texts of ${stats.speakers} speakers or dialogues`);
  console.log(`Words in a text: median ${median}, p95 ${p95}, max ${max}`);
  printLeftOut(stats);
}

/** Prints `undertone dataset check` of a corpus of texts. */
export async function printTextCheck(root: string, json: boolean | undefined): Promise<void> {
  const manifest = await readTextCorpus(root);
  const { corpus, clips, leftOut } = manifest;
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
      problems: 0,
      notes,
      findings,
    });
  }
  printLeftOut(manifest);
  console.log(`same words under several emotions (note): ${findings.length}`);
  for (const { clips: ids, detail } of findings.slice(0, shownContradictions)) {
    console.log(`  ${ids.length} × ${detail}`);
  }
  const more = findings.length - shownContradictions;
  if (more > 0) console.log(`  and ${more} more; --json has them all`);
  console.log(`${corpus}: ${clips.length} texts, no problems.`);
}

function printLeftOut({ leftOut }: Pick<TextManifest, "leftOut">): void {
  for (const { reason, count } of leftOut) console.log(`Left out: ${count} (${reason})`);
}
