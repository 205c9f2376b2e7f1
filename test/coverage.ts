/**
 * Runs the tests, counts the lines of `src/` that they or their child processes and worker threads execute, and fails
 * where a module has less than 85 %: `npm run coverage [-- vitest options]`. Lines that run in Chromium are not counted:
 * `src/web` is named without a share.
 */
import { spawnSync } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import libCoverage from "istanbul-lib-coverage";

const minimum = 0.85;
const root = resolve(import.meta.dirname, "..");
const [folder, raw] = ["coverage", "coverage/raw"];

function run(command: string, ...args: string[]): number {
  const env = { ...process.env, CHILD_COVERAGE: resolve(root, raw) };
  return spawnSync("npx", [command, ...args], { cwd: root, env, stdio: "inherit" }).status ?? 1;
}

async function readCoverage(path: string): Promise<libCoverage.CoverageMap> {
  const text = await readFile(resolve(root, folder, path, "coverage-final.json"), "utf8");
  return libCoverage.createCoverageMap(JSON.parse(text));
}

await rm(resolve(root, folder), { recursive: true, force: true });
const testsFailed = run("vitest", "run", "--coverage.enabled", ...process.argv.slice(2)) !== 0;
const options = ["--temp-directory", raw, "--report-dir", `${folder}/processes`];
run("c8", "report", "--reporter", "json", "--include", "src/**", "--merge-async", ...options);

const [tests, processes] = [await readCoverage("tests"), await readCoverage("processes")];
const modules = new Map<string, { covered: number; lines: number }>();
for (const file of tests.files()) {
  const name = relative(root, file).split(sep).slice(0, 2).join("/");
  const module = modules.get(name.endsWith(".ts") ? "src" : name) ?? { covered: 0, lines: 0 };
  modules.set(name.endsWith(".ts") ? "src" : name, module);
  const elsewhere = processes.data[file] ? processes.fileCoverageFor(file).getLineCoverage() : {};
  for (const [line, hits] of Object.entries(tests.fileCoverageFor(file).getLineCoverage())) {
    module.lines++;
    if (hits > 0 || (elsewhere[Number(line)] ?? 0) > 0) module.covered++;
  }
}
const rows = [...modules].toSorted(([a], [b]) => a.localeCompare(b));
for (const [name, { covered, lines }] of rows) {
  if (lines === 0) continue; // a module of exports alone
  if (name === "src/web") {
    process.stdout.write(`${name.padEnd(20)}runs in Chromium: not counted\n`);
    continue;
  }
  const share = covered / lines;
  const mark = share < minimum ? "  below 85 %" : "";
  const numbers = `${(100 * share).toFixed(1).padStart(6)} %${String(lines).padStart(7)} lines`;
  process.stdout.write(`${name.padEnd(20)}${numbers}${mark}\n`);
  if (share < minimum) process.exitCode = 1;
}
if (testsFailed) process.exitCode = 1;
