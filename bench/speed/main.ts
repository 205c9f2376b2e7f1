/**
 * Measures the speed of Undertone and its peers in one run on one machine: `npm run bench [-- options]`.
 *
 *   --only A,B    subjects: cnn, text, encoder, logMel, analysis, commands; all by default
 *   --seconds N   for each measurement, 1 by default
 *   --rounds N    rounds, of which the fastest counts, 2 by default
 *   --threads N,… numbers of threads, by default from 1 to the number of cores
 *   --speech DIR  recordings of speech, for analyses with words; without them those are left out
 *   --json        print one JSON document instead of tables
 *   --out FILE    also write the tables to a file
 */
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeFileAtomically } from "../../src/shared/files.node.ts";
import { compareAnalysis } from "./compare/analysis.ts";
import { compareCommands } from "./compare/commands.ts";
import { compareCnn } from "./compare/cnn.ts";
import { compareEncoder } from "./compare/encoder.ts";
import { compareLogMel } from "./compare/log-mel.ts";
import { compareText } from "./compare/text.ts";
import { describeMachine, describeVersions, type BenchDocument } from "./document.ts";
import { benchPage } from "./report.ts";
import type { RoundOptions } from "./rounds.ts";
import { prepareAnalysis } from "./subjects/analysis-recordings.ts";

const subjects = ["cnn", "text", "encoder", "logMel", "analysis", "commands"] as const;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: subjects.join(",") },
    seconds: { type: "string", default: "1" },
    rounds: { type: "string", default: "2" },
    threads: { type: "string" },
    json: { type: "boolean", default: false },
    out: { type: "string" },
    speech: { type: "string" },
  },
});
const only = values.only.split(",");
const unknown = only.find((name) => !subjects.some((subject) => subject === name));
if (unknown !== undefined) {
  throw new RangeError(`bench: --only takes ${subjects.join(", ")}, got ${unknown}`);
}
const cores = Array.from({ length: availableParallelism() }, (_, index) => index + 1);
const options: RoundOptions = {
  seconds: positive(values.seconds, "--seconds"),
  threads: values.threads?.split(",").map((text) => count(text, "--threads")) ?? cores,
  report: (line) => process.stderr.write(`${line}\n`),
};
const rounds = count(values.rounds, "--rounds");

function positive(text: string, option: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`bench: ${option} must be above 0, got ${text}`);
}

function count(text: string, option: string): number {
  const value = positive(text, option);
  if (Number.isInteger(value)) return value;
  throw new RangeError(`bench: ${option} must be a whole number, got ${text}`);
}

/** Measures the subjects of `--only`, round by round. */
async function measureAll(folder: string): Promise<BenchDocument> {
  const measuredAt = new Date().toISOString();
  const cnn = only.includes("cnn") ? compareCnn() : undefined;
  const text = only.includes("text") ? compareText() : undefined;
  const logMel = only.includes("logMel") ? compareLogMel() : undefined;
  const isSpeechNeeded = ["encoder", "analysis", "commands"].some((name) => only.includes(name));
  const inputs = isSpeechNeeded ? await prepareAnalysis(folder, values.speech) : undefined;
  const encoder =
    inputs && only.includes("encoder")
      ? await compareEncoder(folder, inputs.recordings[0]!.path)
      : undefined;
  const analysis = inputs && only.includes("analysis") ? compareAnalysis(inputs) : undefined;
  const commands = inputs && only.includes("commands") ? compareCommands(inputs) : undefined;
  const warnings = new Set(encoder?.warnings);
  for (let round = 1; round <= rounds; round++) {
    options.report(`round ${round} of ${rounds}`);
    for (const comparison of [cnn, text, encoder, logMel, analysis, commands]) {
      for (const warning of (await comparison?.round(options)) ?? []) warnings.add(warning);
    }
  }
  return {
    format: 1,
    measuredAt,
    machine: describeMachine(),
    versions: describeVersions(),
    secondsEach: options.seconds,
    rounds,
    cnn: (await cnn?.section()) ?? null,
    text: text?.section() ?? null,
    encoder: encoder?.section() ?? null,
    logMel: logMel?.section() ?? null,
    analysis: analysis?.section() ?? null,
    commands: commands?.section() ?? null,
    warnings: [...warnings],
  };
}

const folder = await mkdtemp(join(tmpdir(), "undertone-bench-"));
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  });
}
try {
  const document = await measureAll(folder);
  const page = benchPage(document);
  process.stdout.write(values.json ? `${JSON.stringify(document, null, 2)}\n` : page);
  if (values.out !== undefined) await writeFileAtomically(values.out, page);
} finally {
  await rm(folder, { recursive: true, force: true });
}
