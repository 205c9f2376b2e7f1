/** Compiles the sources once for all tests that run the command line, which starts in half of the time so. */
import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const repository = resolve(import.meta.dirname, "../..");
const folder = join(repository, ".test-dist");

/** Sets `COMPILED_CLI` to the path of the program. Coverage is of the sources, which run as they are. */
export async function setup(): Promise<void> {
  const { CHILD_COVERAGE, COMPILED_CLI } = process.env;
  if (CHILD_COVERAGE !== undefined || COMPILED_CLI !== undefined) return;
  const tsc = join(repository, "node_modules/.bin/tsc");
  const info = ["--incremental", "--tsBuildInfoFile", join(folder, ".tsbuildinfo")];
  const output = ["--outDir", folder, "--declaration", "false", ...info];
  await promisify(execFile)(tsc, ["-p", join(repository, "tsconfig.build.json"), ...output]);
  process.env["COMPILED_CLI"] = join(folder, "cli/main.js");
}
