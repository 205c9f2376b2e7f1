/**
 * Prints a table of how the recordings in folders are decoded beside ffmpeg.
 * @example npx tsx studies/decoding/compare.ts test/fixtures/cases
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compareWithFfmpeg, type Comparison } from "../../test/support/ffmpeg.ts";

const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const counts: Record<Comparison["verdict"], number> = { equal: 0, told: 0, refused: 0, differs: 0 };
const rows: string[][] = [];
for (const folder of process.argv.slice(2)) {
  for (const name of readdirSync(folder).toSorted()) {
    if (/\.(md|gz|sh)$/.test(name)) continue;
    const path = join(folder, name);
    const found = await compareWithFfmpeg(path, new Uint8Array(readFileSync(path)));
    counts[found.verdict]++;
    const { verdict, lengthDifferenceSec, correlation, lagSec, warnings } = found;
    const numbers =
      verdict === "refused"
        ? ["", "", ""]
        : [lengthDifferenceSec, lagSec, correlation].map((x) => x.toFixed(3));
    rows.push([name, verdict, ...numbers, warnings.join(" ")]);
  }
}
const header = ["file", "verdict", "length − ffmpeg's (s)", "lag (s)", "correlation", "told"];
for (const row of [header, header.map(() => "---"), ...rows]) print(`| ${row.join(" | ")} |`);
print(
  `\n${rows.length} files: ${Object.entries(counts)
    .map(([verdict, n]) => `${n} ${verdict}`)
    .join(", ")}.`,
);
