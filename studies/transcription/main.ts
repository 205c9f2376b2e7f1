/**
 * Word error rates and speed of the transcribers: `npx tsx studies/transcription/main.ts [options]`.
 *
 *   --references FILE  table of recordings and their transcripts, as `undertone transcribe --reference` takes it
 *   --providers A,B    by default the two Moonshines
 *   --ravdess FOLDER   also the default provider on RAVDESS, by emotion and intensity, through the cache of transcripts
 *   --silences         also the words inserted in a minute of silence, noise, tones and music
 *   --out FILE         write the tables between the file's marks `<!-- measured -->` and `<!-- /measured -->`
 *
 * Found on 2026-11-26: 4.5 % word errors for Moonshine base, 7.2 % for tiny, 8.8 % for Whisper base and 23.7 % for tiny, on 6
 * minutes of read English; Moonshine takes a tenth of Whisper's time.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { readCorpus } from "../../src/datasets/read-corpus.ts";
import { pooledWordErrorRate } from "../../src/evaluation/word-error-rate.ts";
import { cacheFolder } from "../../src/shared/cache-folder.node.ts";
import { emotions } from "../../src/shared/emotions.ts";
import { defaultTranscriber } from "../../src/transcription/transcript.ts";
import { measuredOn, writeMeasured } from "../measured-section.ts";
import { writeNonSpeech } from "./non-speech.ts";
import type { SpeechRun, SpeechTask } from "./measure-provider.ts";
import { table } from "../../bench/speed/table.ts";

const { values } = parseArgs({
  options: {
    references: { type: "string" },
    providers: { type: "string", default: "moonshine-base,moonshine-tiny" },
    ravdess: { type: "string" },
    silences: { type: "boolean", default: false },
    out: { type: "string" },
  },
});
const providers = values.providers.split(",");

/** Runs a provider in a separate process, whose peak memory is then the provider's. */
async function transcribe(task: SpeechTask): Promise<SpeechRun> {
  process.stderr.write(`${task.provider}: ${task.references}\n`);
  const script = join(import.meta.dirname, "measure-provider.ts");
  const args = ["--import", "tsx", script, JSON.stringify(task)];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: join(import.meta.dirname, "../../bench/peers/transformers"), // Whisper takes transformers.js from here
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout);
}

const rateOf = (files: SpeechRun["files"]): string =>
  files.length === 0
    ? "–"
    : (100 * pooledWordErrorRate(files.map(({ errors }) => errors))).toFixed(1);

async function readSpeechPart(references: string): Promise<string> {
  const runs: SpeechRun[] = [];
  for (const provider of providers) runs.push(await transcribe({ provider, references }));
  const groups = [...new Set(runs[0]!.files.map(({ group }) => group))];
  const sizes = groups.map((name) => runs[0]!.files.filter(({ group }) => group === name).length);
  const rows = runs.map((run) => [
    run.provider,
    ...groups.map((name) => rateOf(run.files.filter(({ group }) => group === name))),
    rateOf(run.files),
    (run.seconds / run.recordedSec).toFixed(2),
    (run.cpuSeconds / run.recordedSec).toFixed(2),
    `${run.peakMemoryMb} MB`,
  ]);
  const names = groups.map((name, n) => `${name === "." ? "top" : name} (${sizes[n]})`);
  const header = ["WER %", ...names, "all", "real-time factor", "CPU s/s", "peak memory"];
  return `### Read speech\n\n${(runs[0]!.recordedSec / 60).toFixed(1)} minutes; in brackets the number of recordings. Other load slows \
the clock; CPU seconds per second count all cores, the voice activity included.\n\n${table(header, rows)}`;
}

async function ravdessPart(corpus: string, folder: string): Promise<string> {
  const { clips } = await readCorpus(corpus);
  const lines = clips.map(({ path, transcript, emotion, intensity }) =>
    [path, transcript, `${emotion} ${intensity}`].join("\t"),
  );
  const references = join(folder, "ravdess.tsv");
  await writeFile(references, ["file\ttext\tgroup", ...lines].join("\n"));
  const cache = join(cacheFolder(process.env), "transcripts");
  const { files } = await transcribe({ provider: defaultTranscriber, references, cache });
  const of = (match: (group: string) => boolean): SpeechRun["files"] =>
    files.filter(({ group }) => match(group));
  const rows = [...emotions, "all"].map((emotion) => {
    const isOf = (group: string): boolean => emotion === "all" || group.startsWith(emotion);
    const all = of(isOf);
    return [
      emotion,
      String(all.length),
      rateOf(of((group) => isOf(group) && group.endsWith("normal"))),
      rateOf(of((group) => isOf(group) && group.endsWith("strong"))),
      rateOf(all),
      String(all.filter(({ isEmpty }) => isEmpty).length),
    ];
  });
  const header = ["WER %", "clips", "normal", "strong", "both", "empty"];
  return `### RAVDESS: word errors by emotion\n\n\`${defaultTranscriber}\` on all clips, against the two sentences \
that its actors speak.\n\n${table(header, rows)}`;
}

async function nonSpeechPart(folder: string): Promise<string> {
  const { references, names } = await writeNonSpeech(folder);
  const rows: string[][] = [];
  for (const provider of providers) {
    const { files } = await transcribe({ provider, references });
    rows.push([provider, ...files.map(({ errors }) => String(errors.insertions))]);
  }
  return `### Without speech\n\nWords inserted in a minute of each.\n\n${table(["words", ...names], rows)}`;
}

const folder = await mkdtemp(join(tmpdir(), "undertone-study-"));
try {
  const parts = [measuredOn()];
  if (values.references !== undefined) parts.push(await readSpeechPart(resolve(values.references)));
  if (values.silences) parts.push(await nonSpeechPart(folder));
  if (values.ravdess !== undefined) parts.push(await ravdessPart(resolve(values.ravdess), folder));
  const page = parts.join("\n\n");
  process.stdout.write(`${page}\n`);
  if (values.out !== undefined) await writeMeasured(values.out, page);
} finally {
  await rm(folder, { recursive: true, force: true });
}
