/**
 * Runs the tests, counts the lines of `src/` that they, their child processes and worker threads, or pages in Chromium execute,
 * and fails where a module has less than 85 %: `npm run coverage [-- vitest options]`.
 */
import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import libCoverage from "istanbul-lib-coverage";
import { hasChromium } from "./support/browser.ts";

const minimum = 0.85;
const root = resolve(import.meta.dirname, "..");
const folder = "coverage";
const rawOf = (name: string): string => resolve(root, folder, "raw", name);

function run(command: string, ...args: string[]): number {
  const env = {
    ...process.env,
    CHILD_COVERAGE: rawOf("processes"),
    PAGE_COVERAGE: rawOf("pages"),
  };
  return spawnSync("npx", [command, ...args], { cwd: root, env, stdio: "inherit" }).status ?? 1;
}

async function readCoverage(name: string): Promise<libCoverage.CoverageMap> {
  const text = await readFile(resolve(root, folder, name, "coverage-final.json"), "utf8");
  return libCoverage.createCoverageMap(JSON.parse(text));
}

/** What ran outside of the tests' own processes: the text that ran is another in each place, so each has its own report. */
async function readRaw(name: string): Promise<libCoverage.CoverageMap> {
  if ((await readdir(rawOf(name))).length === 0) return libCoverage.createCoverageMap({});
  const options = ["--temp-directory", rawOf(name), "--report-dir", `${folder}/${name}`];
  run("c8", "report", "--reporter", "json", "--include", "src/**", "--merge-async", ...options);
  return readCoverage(name);
}

await rm(resolve(root, folder), { recursive: true, force: true });
for (const name of ["processes", "pages"]) await mkdir(rawOf(name), { recursive: true });
const testsFailed = run("vitest", "run", "--coverage.enabled", ...process.argv.slice(2)) !== 0;
const tests = await readCoverage("tests");
const others = [await readRaw("processes"), await readRaw("pages")];

const modules = new Map<string, { covered: number; lines: number }>();
for (const file of tests.files()) {
  const name = relative(root, file).split(sep).slice(0, 2).join("/");
  const module = modules.get(name.endsWith(".ts") ? "src" : name) ?? { covered: 0, lines: 0 };
  modules.set(name.endsWith(".ts") ? "src" : name, module);
  const elsewhere = others.flatMap((map) =>
    map.data[file] ? [map.fileCoverageFor(file).getLineCoverage()] : [],
  );
  for (const [line, hits] of Object.entries(tests.fileCoverageFor(file).getLineCoverage())) {
    module.lines++;
    if (hits > 0 || elsewhere.some((lines) => (lines[Number(line)] ?? 0) > 0)) module.covered++;
  }
}
const rows = [...modules].toSorted(([a], [b]) => a.localeCompare(b));
for (const [name, { covered, lines }] of rows) {
  if (lines === 0) continue; // a module of exports alone
  if (name === "src/web" && !hasChromium) {
    process.stdout.write(`${name.padEnd(20)}runs in Chromium, which is not installed\n`);
    continue;
  }
  const share = covered / lines;
  const mark = share < minimum ? "  below 85 %" : "";
  const numbers = `${(100 * share).toFixed(1).padStart(6)} %${String(lines).padStart(7)} lines`;
  process.stdout.write(`${name.padEnd(20)}${numbers}${mark}\n`);
  if (share < minimum) process.exitCode = 1;
}
if (testsFailed) process.exitCode = 1;
