/**
 * Word error rates and speed of the providers of speech-to-text: `npx tsx bench/speech.ts [options]`.
 *
 *   --references FILE  table of recordings and what is said in them, as `undertone transcribe --reference` takes it
 *   --providers A,B    by default the two Moonshines
 *   --ravdess FOLDER   also the default provider on RAVDESS, by emotion and intensity, through the cache of transcripts
 *   --silences         also how many words are heard in a minute of silence, noise, tones and music
 *   --out FILE         write the tables between the file's marks `<!-- measured -->` and `<!-- /measured -->`
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { readCorpus } from "../src/datasets/read-corpus.ts";
import { wordErrorRate } from "../src/evaluation/word-error-rate.ts";
import { cacheFolder } from "../src/shared/cache-folder.node.ts";
import { emotions } from "../src/shared/emotions.ts";
import { defaultSpeechProvider } from "../src/transcription/providers.node.ts";
import { measuredWhere, writeMeasured } from "./measured-part.ts";
import { writeSilences } from "./silences.ts";
import type { SpeechRun, SpeechTask } from "./speech-provider.ts";
import { table } from "./table.ts";

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

/** In a process of its own, whose peak memory is its own; the working folder says which transformers.js. */
async function listen(task: SpeechTask): Promise<SpeechRun> {
  process.stderr.write(`${task.provider}: ${task.references}\n`);
  const script = join(import.meta.dirname, "speech-provider.ts");
  const words = ["--import", "tsx", script, JSON.stringify(task)];
  const cwd = join(import.meta.dirname, "peers/transformers");
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    cwd,
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout);
}

const rateOf = (files: SpeechRun["files"]): string =>
  files.length === 0 ? "–" : (100 * wordErrorRate(files.map(({ errors }) => errors))).toFixed(1);

async function readSpeechPart(references: string): Promise<string> {
  const runs: SpeechRun[] = [];
  for (const provider of providers) runs.push(await listen({ provider, references }));
  const groups = [...new Set(runs[0]!.files.map(({ group }) => group))];
  const sizes = groups.map((name) => runs[0]!.files.filter(({ group }) => group === name).length);
  const rows = runs.map((run) => [
    run.provider,
    ...groups.map((name) => rateOf(run.files.filter(({ group }) => group === name))),
    rateOf(run.files),
    (run.seconds / run.heardSec).toFixed(2),
    (run.cpuSeconds / run.heardSec).toFixed(2),
    `${run.peakMemoryMb} MB`,
  ]);
  const names = groups.map((name, n) => `${name === "." ? "top" : name} (${sizes[n]})`);
  const header = ["WER %", ...names, "all", "real-time factor", "CPU s/s", "peak memory"];
  return `### Read speech\n\n${(runs[0]!.heardSec / 60).toFixed(1)} minutes; in brackets the number of recordings. The clock runs \
while other work may go on; CPU seconds a second count both cores, the voice activity included.\n\n${table(header, rows)}`;
}

async function ravdessPart(corpus: string, folder: string): Promise<string> {
  const { clips } = await readCorpus(corpus);
  const lines = clips.map(({ path, transcript, emotion, intensity }) =>
    [path, transcript, `${emotion} ${intensity}`].join("\t"),
  );
  const references = join(folder, "ravdess.tsv");
  await writeFile(references, ["file\ttext\tgroup", ...lines].join("\n"));
  const cache = join(cacheFolder(process.env), "transcripts");
  const { files } = await listen({ provider: defaultSpeechProvider, references, cache });
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
  const header = ["WER %", "clips", "normal", "strong", "both", "nothing heard"];
  return `### RAVDESS: what emotion does to recognition\n\n\`${defaultSpeechProvider}\` on all clips, against the two sentences \
that its actors say.\n\n${table(header, rows)}`;
}

async function silencesPart(folder: string): Promise<string> {
  const { references, names } = await writeSilences(folder);
  const rows: string[][] = [];
  for (const provider of providers) {
    const { files } = await listen({ provider, references });
    rows.push([provider, ...files.map(({ errors }) => String(errors.insertions))]);
  }
  return `### Where nobody speaks\n\nWords heard in a minute of each.\n\n${table(["words", ...names], rows)}`;
}

const folder = await mkdtemp(join(tmpdir(), "undertone-bench-"));
try {
  const parts = [measuredWhere()];
  if (values.references !== undefined) parts.push(await readSpeechPart(resolve(values.references)));
  if (values.silences) parts.push(await silencesPart(folder));
  if (values.ravdess !== undefined) parts.push(await ravdessPart(resolve(values.ravdess), folder));
  const page = parts.join("\n\n");
  process.stdout.write(`${page}\n`);
  if (values.out !== undefined) await writeMeasured(values.out, page);
} finally {
  await rm(folder, { recursive: true, force: true });
}
