/**
 * Fits what tells English from other languages in the transcriber's own passes, and measures it:
 * `npx tsx studies/language/main.ts --data FOLDER --prompts FOLDER [options]`.
 *
 *   --data FOLDER     holds crema-d, ravdess, emodb, speech and text/goemotions
 *   --prompts FOLDER  /usr/share/asterisk/sounds, where Debian's asterisk-core-sounds-{en,es,fr,it,ru}-g722,
 *                     asterisk-prompt-es-co and asterisk-prompt-fr-armelle are installed
 *   --work FOLDER     keeps sounds and measurements between calls (default: a new temporary folder)
 *   --write           writes src/transcription/english-weights.ts, and the tables into studies/language/README.md
 *
 * Needs espeak-ng and ffmpeg.
 */
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { table } from "../../bench/speed/table.ts";
import type { DetectorWeights } from "../../src/transcription/english-detector.ts";
import { moonshineSizes } from "../../src/transcription/moonshine.ts";
import { measuredOn, writeMeasured } from "../measured-section.ts";
import { recordedClips, type StudyClip } from "./clips.ts";
import { fitDetector, logitOf } from "./fit.ts";
import { measureClips, type Measured } from "./measure.ts";
import { promptClips } from "./prompts.ts";
import { synthesizedClips, testedLanguages } from "./synthesize.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string" },
    prompts: { type: "string" },
    work: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
if (values.data === undefined || values.prompts === undefined) {
  throw new Error("Name the folders: --data FOLDER --prompts FOLDER");
}
const data = resolve(values.data);
const work = values.work ?? (await mkdtemp(join(tmpdir(), "undertone-language-")));
await mkdir(work, { recursive: true });

/** The layer of each size that did best. */
const layers = { base: 6 } as const;
const settings = { c: 0.0025, believedShare: 0.05 };
const sizes = ["base"] as const;

const clips: readonly StudyClip[] = [
  ...(await recordedClips(data)),
  ...(await promptClips(resolve(values.prompts), join(work, "prompts"))),
  ...(await synthesizedClips(data, join(work, "espeak"))),
];

const isTested = ({ language }: Measured): boolean => testedLanguages.includes(language);
const percent = (share: number): string => (100 * share).toFixed(1);

/** Clips of each row of the results. */
function rowsOf(rows: readonly Measured[]): Map<string, readonly Measured[]> {
  const named = rows.map((row): [string, Measured] => [`${row.group}, ${row.language}`, row]);
  return new Map(
    [...new Set(named.map(([name]) => name))]
      .toSorted()
      .map((name) => [name, named.filter(([own]) => own === name).map(([, row]) => row)]),
  );
}

/** Share of utterances whose words count. */
function counted(rows: readonly Measured[], weights: DetectorWeights | undefined): string {
  const count = rows.filter(
    ({ plausible, features }) => plausible && (!weights || logitOf(features, weights) > 0),
  ).length;
  return percent(count / rows.length);
}

function tested(
  rows: readonly Measured[],
  columns: readonly (DetectorWeights | undefined)[],
): string[][] {
  return [...rowsOf(rows)].map(([name, own]) => [
    name,
    String(own.length),
    ...columns.map((weights) => counted(own, weights)),
  ]);
}

const all: Partial<Record<(typeof sizes)[number], DetectorWeights>> = {};
const parts = [measuredOn()];
for (const size of sizes) {
  const layer = layers[size];
  const measured = await measureClips(clips, {
    size,
    layer,
    kept: join(work, `${size}-${layer}.jsonl`),
  });
  const options = { ...settings, layer, width: 8 * moonshineSizes[size].headSize };
  const train = measured.filter(({ split, plausible }) => split === "train" && plausible);
  const test = measured.filter(({ split }) => split === "test");
  const shipped = await fitDetector(train, options);
  const unseen = await fitDetector(
    train.filter((row) => !isTested(row)),
    options,
  );
  all[size] = shipped;
  const header = ["words count, %", "utterances", "before", "shipped", "languages unseen"];
  parts.push(`### moonshine-${size}`, table(header, tested(test, [undefined, shipped, unseen])));
}
const page = parts.join("\n\n");
process.stdout.write(`${page}\n`);
if (values.write) {
  const weights = sizes.map((size) => {
    const { weights: exact, bias, ...shape } = all[size]!;
    const rounded = exact.map((weight) => Number(weight.toPrecision(4)));
    return `  ${size}: ${JSON.stringify({ ...shape, bias: Number(bias.toPrecision(6)), weights: rounded })},\n`;
  });
  const file = `/** Written by studies/language/main.ts. */
import type { DetectorWeights } from "./english-detector.ts";

/** What tells English in Moonshine's passes, by the model's size. @see studies/language/README.md for what it was fitted to */
export const englishWeights: Readonly<
  Partial<Record<"tiny" | "base", DetectorWeights>>
> = {
${weights.join("")}};
`;
  await writeFile(join(import.meta.dirname, "../../src/transcription/english-weights.ts"), file);
  await writeMeasured(join(import.meta.dirname, "README.md"), page);
}
