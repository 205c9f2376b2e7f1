import type { CnnRow, CnnSection } from "./compare-cnn.ts";
import type { BenchDocument } from "./document.ts";
import type { LogMelRow } from "./compare-log-mel.ts";
import { encoderPart } from "./markdown-encoder.ts";
import { besidePyTorch, ratioLine } from "./markdown-peers.ts";
import { counted } from "./rounds.ts";
import { memory, number, table } from "./table.ts";

/** The document as a page that reads well on a terminal too. */
export function benchPage(document: BenchDocument): string {
  const { cnn, text, encoder, logMel, analysis, warnings } = document;
  const sections = [
    introduction(document),
    ...(warnings.length > 0 ? [warnings.map((warning) => `- ${warning}`).join("\n")] : []),
    cnnPart(cnn),
    textPart(text),
    ...(encoder === null ? [] : [encoderPart(encoder)]),
    logMelPart(logMel.rows),
    `## Analysis\n\nWhat \`undertone analyze\` does with a recording of ${analysis.recordingSec / 60} minutes of synthetic speech, almost without pauses, in one
process: decoding, resampling, speech activity, front end and network (${analysis.model}), smoothing. The model is loaded before.\n\n${table(
      ["recording", "times real time", "peak memory"],
      analysis.rows.map((row) => [row.recording, number(row.rate), memory(row)]),
    )}`,
  ];
  return `${sections.join("\n\n")}\n`;
}

function introduction({
  measuredAt,
  machine,
  versions,
  secondsEach,
  rounds,
}: BenchDocument): string {
  return `# Benchmarks

<!-- Written by \`npm run bench -- --out docs/benchmarks.md\`. Do not edit: run the command again. -->

${measuredAt.slice(0, 10)}; ${listed(machine)}; ${listed(versions)}.

Every number comes from a process of its own, which gives its peak memory (Node or Python included). A process takes the median of the
steps that fit into ${secondsEach} s after a warm-up. Ours and theirs take turns, ${rounds === 1 ? "once" : `${rounds} times`}, and of each the fastest turn counts, since other work
on the machine only slows things down.`;
}

function cnnPart({ batchSize, forwardFlop, rows, ratios }: CnnSection): string {
  const peaks = rows
    .filter(({ task }) => task === "matMul")
    .map(({ threads, rate }) => `${number(rate)} GFLOP/s with ${counted(threads)}`);
  const mflop = Math.round(forwardFlop / 1e6);
  return `## The brief's network

Five blocks of convolution, batch norm, ReLU and max pooling and two dense layers (\`recipes/audio-cnn-brief.json\`) on batches of ${batchSize}
spectrograms of 128 × 256, in float32, clips per second. Training is a whole step: dropout masks, forward, gradients, Adam. Inference has the weights as
constants. The machine's peak is what a matrix product of 1024³ reaches in ONNX Runtime in the same run, ${peaks.join(", ")}; the share
counts the operations of the convolutions alone, ${mflop} MFLOP for a clip's inference and three times that for its training.

PyTorch "as installed" runs eager and contiguous; "tuned" is its fastest of: memory kept between steps in huge pages, channels-last,
fused for oneDNN (inference), compiled (PyTorch 2).

${(["training", "inference"] as const).map((task) => `### ${task === "training" ? "Training" : "Inference"}\n\n${cnnTable(rows, task)}${ratioLine(ratios, task)}`).join("\n\n")}`;
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

function textPart({ batchSize, length, vocabulary, hidden, rows }: BenchDocument["text"]): string {
  const shown = rows.toSorted((a, b) => a.threads - b.threads);
  return `## The brief's text model

Word vectors of 128 under a bidirectional GRU of ${hidden} units a direction and a dense output, on batches of ${batchSize} utterances of ${length} words
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

Clips of 4.096 s at 16 kHz per second. Ours is the front end's graph, as it stands in every model file. The others compute the same (librosa's
definition, their padding reflected where ours is silent); of their batches of 1, 8 and 32 the fastest counts.

${tables.join("\n\n")}`;
}

const settingOf = ({ nFft, winLength, hopLength, nMels }: LogMelRow): string =>
  `${nMels} bands, transform ${nFft}, window ${winLength}, hop ${hopLength}`;

const listed = (facts: Readonly<Record<string, string | number>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
