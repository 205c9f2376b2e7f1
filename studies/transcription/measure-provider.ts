/** Transcribes the recordings of a table with one provider, in this process, and prints a `SpeechRun` as JSON. */
import { readReferences } from "../../src/cli/transcribe-score.ts";
import { modelFiles } from "../../src/downloads/model-files.ts";
import { spokenWords } from "../../src/evaluation/spoken-words.ts";
import { countWordErrors, type WordErrors } from "../../src/evaluation/word-error-rate.ts";
import { loadTranscriber, openVoiceActivity } from "../../src/transcription/transcribers.node.ts";
import { transcribeFile } from "../../src/transcription/transcribe-file.node.ts";
import { joinUtterances } from "../../src/transcription/transcribe-recording.ts";
import { TranscriptCache } from "../../src/transcription/transcript-cache.node.ts";

export interface SpeechTask {
  readonly provider: string;
  /** Path of a table as `undertone transcribe --reference` takes it. */
  readonly references: string;
  /** Folder of a cache, where nothing is timed. */
  readonly cache?: string;
}

export interface SpeechRun {
  readonly provider: string;
  readonly files: readonly {
    readonly group: string;
    readonly errors: WordErrors;
    readonly isEmpty: boolean;
  }[];
  readonly recordedSec: number;
  /** Wall-clock time without loading the model. */
  readonly seconds: number;
  /** Of all cores together. */
  readonly cpuSeconds: number;
  readonly peakMemoryMb: number;
}

const task: SpeechTask = JSON.parse(process.argv[2]!);
const setting = {
  modelFiles: (model: Parameters<typeof modelFiles>[0]) => modelFiles(model),
  env: process.env,
};
const provider = await loadTranscriber(task.provider, setting);
const voiceActivity = await openVoiceActivity(setting);
const cache = task.cache === undefined ? undefined : new TranscriptCache(task.cache);
// All recordings are English: no provider detects the language.
const language = cache === undefined ? "en" : undefined;
const references = await readReferences(task.references);
const files: SpeechRun["files"][number][] = [];
let recordedSec = 0;
const startCpu = process.cpuUsage();
const start = performance.now();
for (const { file, text, group } of references) {
  const options = { transcriber: provider, voiceActivity, cache, language };
  const { utterances, durationSec } = await transcribeFile(file, options);
  const hypothesis = joinUtterances(utterances).text;
  const errors = countWordErrors(spokenWords(text), spokenWords(hypothesis));
  files.push({ group, errors, isEmpty: hypothesis === "" });
  recordedSec += durationSec;
}
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage(startCpu);
const run: SpeechRun = {
  provider: task.provider,
  files,
  recordedSec,
  seconds,
  cpuSeconds: (user + system) / 1e6,
  peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
};
process.stdout.write(JSON.stringify(run));
