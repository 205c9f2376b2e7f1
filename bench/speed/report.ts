import type { AnalysisSection } from "./compare/analysis.ts";
import type { CommandsSection } from "./compare/commands.ts";
import { goalsPart } from "./report-goals.ts";
import { clipSec } from "./subjects/analysis-recordings.ts";
import { liveSec, partialEverySec } from "./subjects/live.ts";
import type { CnnRow, CnnSection } from "./compare/cnn.ts";
import type { TextSection } from "./compare/text.ts";
import type { BenchDocument } from "./document.ts";
import type { Measured } from "./measure.ts";
import type { LogMelRow } from "./compare/log-mel.ts";
import { encoderPart } from "./report-encoder.ts";
import { besidePyTorch, ratioLine } from "./report-peers.ts";
import { counted } from "./rounds.ts";
import { memory, number, table } from "./table.ts";

/** Returns the document as a Markdown page. */
export function benchPage(document: BenchDocument): string {
  const { cnn, text, encoder, logMel, analysis, commands, warnings } = document;
  const sections = [
    introduction(document),
    warnings.map((warning) => `- ${warning}`).join("\n"),
    goalsPart(document),
    cnn && cnnPart(cnn),
    text && textPart(text),
    encoder && encoderPart(encoder),
    logMel && logMelPart(logMel.rows),
    commands && commandsPart(commands),
    analysis && analysisPart(analysis),
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}

function introduction({
  measuredAt,
  machine,
  versions,
  secondsEach,
  rounds,
}: BenchDocument): string {
  return `# Benchmarks

<!-- Written by \`npm run bench -- --out bench/benchmarks.md\`. Do not edit: run the command again. -->

${measuredAt.slice(0, 10)}; ${listed(machine)}; ${listed(versions)}.

Each number is measured in a separate process (peak memory includes Node or Python): the median of the steps that fit into
${secondsEach} s after a warm-up. Undertone and its peers alternate for ${rounds === 1 ? "1 round" : `${rounds} rounds`}; the fastest round counts, since other load only slows
a process down.`;
}

/** Returns a paragraph on training with one thread, with more, and beside another busy program. */
function scaling(rows: readonly CnnRow[]): string {
  const rates = (task: CnnRow["task"]): CnnRow[] =>
    rows.filter((row) => row.task === task && row.variant === undefined);
  const [one, ...more] = rates("training");
  if (one?.threads !== 1) return "";
  const faster = more.map(
    ({ threads, rate }) => `${counted(threads)} ${(rate / one.rate).toFixed(2)} × as fast as one`,
  );
  const beside = rates("trainingBeside").map(
    ({ threads, rate }) => `${number(rate)} clips/s with ${counted(threads)}`,
  );
  const scaled = faster.length > 0 ? `Undertone is with ${faster.join(", ")}. ` : "";
  return `\n\n${scaled}While another program computes all the time, it trains ${beside.join(", ")}.`;
}

function cnnPart({ batchSize, forwardFlop, rows, ratios }: CnnSection): string {
  const peaks = rows
    .filter(({ task }) => task === "matMul")
    .map(({ threads, rate }) => `${number(rate)} GFLOP/s with ${counted(threads)}`);
  const mflop = Math.round(forwardFlop / 1e6);
  return `## The reference CNN

Five blocks of convolution, batch norm, ReLU and max pooling and two dense layers (\`recipes/audio-cnn-reference.json\`) on batches of ${batchSize}
spectrograms of 128 × 256, in float32, clips per second. Training is a whole step: dropout masks, forward, gradients, Adam. Inference has the weights as
constants. The machine's peak is that of a 1024³ matrix product in ONNX Runtime in the same run, ${peaks.join(", ")}; the share
counts the operations of the convolutions alone, ${mflop} MFLOP for a clip's inference and three times that for its training.

PyTorch "as installed" runs eager and contiguous; "tuned" is its fastest of: memory kept between steps in huge pages, channels-last,
fused for oneDNN (inference), compiled (PyTorch 2).

${(["training", "inference"] as const).map((task) => `### ${task === "training" ? "Training" : "Inference"}\n\n${cnnTable(rows, task)}${ratioLine(ratios, task)}${task === "training" ? scaling(rows) : ""}`).join("\n\n")}`;
}

function cnnTable(rows: CnnSection["rows"], task: CnnRow["task"]): string {
  const shown = besidePyTorch(rows.filter((row) => row.task === task));
  return table(
    ["threads", "", "clips/s", "share of peak", "peak memory"],
    shown.map((row) => [
      String(row.threads),
      row.name,
      number(row.rate),
      `${(100 * row.shareOfPeak).toFixed(0)} %`,
      memory(row),
    ]),
  );
}

function textPart({ batchSize, length, vocabulary, hidden, rows }: TextSection): string {
  const shown = rows.toSorted((a, b) => a.threads - b.threads);
  return `## The reference text model

Word embeddings of 128, a bidirectional GRU of ${hidden} units a direction and a dense layer, on batches of ${batchSize} utterances of ${length} words
out of ${vocabulary}; utterances per second in training with Adam. PyTorch "as installed" is eager; "tuned" keeps memory between steps in huge pages.

${table(
  ["threads", "", "utterances/s", "peak memory"],
  shown.map((row) => {
    const how = row.variant === "plain" ? ", as installed" : ", tuned";
    const name = row.implementation + (row.variant === undefined ? "" : how);
    return [String(row.threads), name, number(row.rate), memory(row)];
  }),
)}`;
}

function logMelPart(rows: readonly LogMelRow[]): string {
  const settings = [...new Set(rows.map(settingOf))];
  const tables = settings.map((setting) => {
    const ofSetting = rows.filter((row) => settingOf(row) === setting);
    return `### ${setting}\n\n${table(
      ["", "threads", "batch", "clips/s", "peak memory"],
      ofSetting.map((row) => [
        row.implementation,
        String(row.threads),
        String(row.batch),
        number(row.rate),
        memory(row),
      ]),
    )}`;
  });
  return `## Log-mel spectrogram

Clips of 4.096 s at 16 kHz per second. Undertone's is the front end's graph, as in every model file. The others compute the same (librosa's
definition, with reflected padding in place of zeros); of their batches of 1, 8 and 32 the fastest counts.

${tables.join("\n\n")}`;
}

function analysisPart({ recordingSec, model, rows, live, ...section }: AnalysisSection): string {
  const { words, scaling: withMoreCores } = section;
  return `## Analysis

\`undertone analyze\` on a recording of ${recordingSec / 60} minutes of synthetic speech, almost without pauses, in one process: decoding,
resampling, speech activity, front end and network (${model}), smoothing. The model is loaded before.

${table(
  ["recording", "times real time", "peak memory"],
  rows.map((row) => [row.recording, number(row.rate), memory(row)]),
)}

### Live

A stream of ${liveSec} s of speech with a partial result every ${partialEverySec * 1000} ms: the share of one core that it takes, the models being loaded.

${table(
  ["model", "", "share of one core", "peak memory"],
  live.map((row) => [
    row.model,
    row.withWords ? "voice and words" : "voice",
    `${(100 / row.rate).toFixed(1)} %`,
    memory(row),
  ]),
)}${scalingPart(withMoreCores, recordingSec)}${words ? wordsPart(words, recordingSec) : ""}`;
}

function commandsPart(rows: CommandsSection): string {
  return `## Commands

The built package from the start of the program to its end, with the models on disk and nothing else kept. Clips have ${clipSec} s. The memory is that of the
largest process.

${table(
  ["", "s", "peak memory"],
  rows.map(({ name, seconds, largestMb }) => [
    name,
    seconds.toFixed(2),
    largestMb === null ? "–" : `${largestMb.toFixed(0)} MB`,
  ]),
)}`;
}

function scalingPart(rows: AnalysisSection["scaling"], recordingSec: number): string {
  const first = new Map(rows.filter(({ cores }) => cores === 1).map((row) => [row.task, row.rate]));
  if (first.size === 0) return "";
  return `

### With more cores

${recordingSec / 60} minutes by the command line, starts included, the process and those that it starts being pinned to so many cores: as one recording with words, and as a
folder of files of a quarter of a minute, voice only.

${table(
  ["", "cores", "times real time", "of one core's"],
  rows.map(({ task, cores, rate }) => [
    task,
    String(cores),
    number(rate),
    `${(rate / first.get(task)!).toFixed(2)} ×`,
  ]),
)}`;
}

function wordsPart(words: Measured, recordingSec: number): string {
  const { rate, parts = [] } = words;
  return `

### Where ten minutes go

Ten minutes of speech, voice and words (\`moonshine-base\`), by one thread, in which one thing comes after another, from loading the models on: ${number(recordingSec / rate)} s, ${number(rate)} times real time, ${memory(words)}.

${table(
  ["part", "s"],
  parts.map(({ part, wallSec }) => [part, wallSec.toFixed(1)]),
)}`;
}

const settingOf = ({ nFft, winLength, hopLength, nMels }: LogMelRow): string =>
  `${nMels} bands, transform ${nFft}, window ${winLength}, hop ${hopLength}`;

const listed = (facts: Readonly<Record<string, string | number>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
