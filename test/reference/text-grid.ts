/**
 * Writes channels.TextGrid: what Praat saves after it has read the TextGrid that the tests' analysis gives.
 * Run with `praat` installed: npx tsx test/reference/text-grid.ts > test/fixtures/recognition/channels.TextGrid
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toTextGrid } from "../../src/recognition/text-grid.ts";
import { analysis } from "../support/analysis.ts";

const script = `
form Files
  sentence ours
  sentence saved
endform
Text writing preferences: "UTF-8"
Read from file: ours$
Save as text file: saved$
`;

const folder = mkdtempSync(join(tmpdir(), "praat-"));
const path = (name: string): string => join(folder, name);
writeFileSync(path("save.praat"), script);
writeFileSync(path("ours.TextGrid"), toTextGrid(analysis));
const files = ["save.praat", "ours.TextGrid", "saved.TextGrid"].map(path);
execFileSync("praat", ["--run", ...files]);
process.stdout.write(readFileSync(path("saved.TextGrid")));
rmSync(folder, { recursive: true });
