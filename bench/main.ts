/**
 * Undertone beside its peers in one run on one machine: `npm run bench [-- options]`.
 *
 *   --seconds N   for each measurement, 1 by default
 *   --rounds N    turns that all take, of which the fastest counts, 2 by default
 *   --threads N,… numbers of threads, by default from 1 to the number of cores
 *   --json        print one JSON document instead of tables
 *   --out FILE    also write the tables to a file
 */
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeFileAtomically } from "../src/shared/files.node.ts";
import { prepareAnalysis, recordingSec, type AnalysisMaterial } from "./analysis-material.ts";
import { cnnRound, cnnSection, type CnnRow } from "./compare-cnn.ts";
import {
  encoderRound,
  encoderSection,
  prepareEncoder,
  type EncoderRow,
} from "./compare-encoder.ts";
import { fastestLogMel, logMelRound, type LogMelRow } from "./compare-log-mel.ts";
import { textRound, type TextRow } from "./compare-text.ts";
import {
  describeMachine,
  describeVersions,
  type AnalysisRow,
  type BenchDocument,
} from "./document.ts";
import { benchPage } from "./markdown.ts";
import { measure } from "./own-process.ts";
import { fastest, type Round, type RoundOptions } from "./rounds.ts";
import { textSetting } from "./text.ts";

function positive(text: string, option: string): number {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`bench: ${option} must be above 0, got ${text}`);
}

function count(text: string, option: string): number {
  const value = Number(text);
  if (value > 0 && Number.isInteger(value)) return value;
  throw new RangeError(`bench: ${option} must be whole and above 0, got ${text}`);
}

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "1" },
    rounds: { type: "string", default: "2" },
    threads: { type: "string" },
    json: { type: "boolean", default: false },
    out: { type: "string" },
  },
});
const cores = Array.from({ length: availableParallelism() }, (_, index) => index + 1);
const options: RoundOptions = {
  seconds: positive(values.seconds, "--seconds"),
  threads: values.threads?.split(",").map((text) => count(text, "--threads")) ?? cores,
  report: (line) => process.stderr.write(`${line}\n`),
};
const rounds = count(values.rounds, "--rounds");

async function analysisRound({ recordings, model }: AnalysisMaterial): Promise<AnalysisRow[]> {
  const rows: AnalysisRow[] = [];
  for (const { format, path } of recordings) {
    const measured = await measure("analysis", { recording: path, model: model.path });
    rows.push({ recording: format, ...measured });
    options.report(`analysis of ${format}: ${measured.rate.toFixed(1)} times real time`);
  }
  return rows;
}

async function measureAll(folder: string): Promise<BenchDocument> {
  const measuredAt = new Date().toISOString();
  options.report("preparing ten minutes of synthetic speech");
  const material = await prepareAnalysis(folder);
  options.report("comparing PyTorch's encoder with the published one");
  const heard = await prepareEncoder(folder, material.recordings[0]!.path);
  const cnn: CnnRow[] = [];
  const text: TextRow[] = [];
  const encoder: EncoderRow[] = [];
  const logMel: LogMelRow[] = [];
  const analysis: AnalysisRow[] = [];
  const warnings = new Set(heard.warnings);
  const keep = <Row>(kept: Row[], { rows, warnings: said }: Round<Row>): void => {
    kept.push(...rows);
    for (const warning of said) warnings.add(warning);
  };
  for (let round = 1; round <= rounds; round++) {
    options.report(`round ${round} of ${rounds}`);
    keep(cnn, await cnnRound(options));
    keep(text, await textRound(options));
    keep(encoder, await encoderRound(heard, options));
    keep(logMel, await logMelRound(options));
    analysis.push(...(await analysisRound(material)));
  }
  return {
    format: 1,
    measuredAt,
    machine: describeMachine(),
    versions: describeVersions(),
    secondsEach: options.seconds,
    rounds,
    cnn: await cnnSection(cnn),
    text: {
      ...textSetting,
      rows: fastest(text, ({ variant, threads }) => [variant, threads]),
    },
    encoder: encoderSection(heard, encoder),
    logMel: { rows: fastestLogMel(logMel) },
    analysis: {
      model: material.model.name,
      recordingSec,
      rows: fastest(analysis, ({ recording }) => [recording]),
    },
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
