import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { openQueue, type Job } from "../jobs/job-queue.ts";
import type { AnalysisJob } from "../recognition/batch-analyzer.node.ts";
import {
  addToBatch,
  batchOf,
  finishedJobs,
  jobIdOf,
  type Batch,
  type BatchFile,
} from "../recognition/batch-folder.node.ts";
import type { EnrolledSpeaker } from "../recognition/engine.ts";
import {
  describeIgnored,
  findAudioFiles,
  pathOf,
  type FoundAudio,
  type FoundFile,
} from "../recognition/find-audio.node.ts";
import { openEngine } from "../recognition/open-engine.node.ts";
import { readManifest } from "../recognition/read-manifest.node.ts";
import { createRecognizer } from "../recognition/recognizer.ts";
import { findVoiceModel, type VoiceModel } from "../recognition/voice-model.node.ts";
import { readModelCard } from "../models/model-card.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { hashFile } from "../shared/files.node.ts";
import { voiceModels } from "../shared/shipped-models.ts";
import type { BatchSubmitOptions } from "./batch-submit.ts";
import { cancellable } from "./cancel.ts";
import { counted } from "./output.ts";
import { createProgress, type ProgressDisplay } from "./progress.ts";
import { assertRecognition, recognitionOf, settingsOf } from "./recognition-request.ts";

/** Adds recordings to a queue, as the options of `undertone batch submit` say. */
export async function submitBatch(
  paths: readonly string[],
  options: BatchSubmitOptions,
): Promise<void> {
  assertRecognition(options);
  if (options.reference === "folder") {
    const message = "--reference folder needs all recordings at once: use undertone analyze.";
    throw new UndertoneError("usage", message);
  }
  const folder = resolve(options.out);
  const queue = await openQueue(options.queue);
  const display = createProgress(process.stderr);
  try {
    await cancellable(async (signal) => {
      const found = await filesOf(paths);
      const batch = await describeBatch(options, { display, signal });
      const files = await identify(found.files, batch, { display, signal });
      await addToBatch(folder, batch, files);
      const done = await finishedJobs(folder);
      const jobs = jobsOf(folder, files).filter(({ data: { job } }) => !done.has(job));
      await queue.add(jobs);
      const unseen = describeIgnored(found);
      if (unseen !== undefined) display.info(unseen);
      tell({ files, jobs, done });
      const { failed } = await queue.counts();
      if (failed > 0) display.warn("Jobs have failed before. See: undertone batch status");
    });
  } finally {
    await queue.close();
  }
}

async function filesOf(paths: readonly string[]): Promise<FoundAudio> {
  const [first] = paths;
  if (paths.length > 1 || !first?.toLowerCase().endsWith(".jsonl")) return findAudioFiles(paths);
  return { files: await readManifest(first), ignored: {} };
}

interface Surroundings {
  readonly display: ProgressDisplay;
  readonly signal: AbortSignal;
}

/** Resolves to how the recordings are analyzed, without anything that only this machine knows. */
async function describeBatch(
  options: BatchSubmitOptions,
  { display, signal }: Surroundings,
): Promise<Batch> {
  const { offline, language, transcript, enroll } = options;
  // By its name: a worker without the default model's encoder must not take the small one.
  const model = options.model ?? "default";
  const voice = await findVoiceModel(model, { offline, onProgress: display, signal });
  const settings = await settingsOf(options, voice);
  const recognition = await recognitionOf(options);
  const speaker = enroll && (await enrolled(voice, enroll, { ...options, display, signal }));
  return batchOf({
    settings,
    worker: {
      model: voiceModels.some((name) => name === model) ? model : resolve(model),
      textModel: options.textModel && resolve(options.textModel),
      transcriber: transcript ? settings.transcriber : false,
      language,
      recognition: { ...recognition, speaker },
    },
    labels: readModelCard(voice.bytes).labels,
  });
}

/** Resolves to the speaker of recordings of neutral speech. */
async function enrolled(
  voice: VoiceModel,
  sounds: readonly string[],
  { offline, display, signal }: Surroundings & Pick<BatchSubmitOptions, "offline">,
): Promise<EnrolledSpeaker> {
  const engine = await openEngine(voice, { offline, signal, onProgress: display });
  await using recognizer = createRecognizer(engine);
  return recognizer.enroll(sounds, { signal });
}

/** Names each recording's job by what it holds. */
async function identify(
  files: readonly FoundFile[],
  batch: Batch,
  { display, signal }: Surroundings,
): Promise<BatchFile[]> {
  const contents = new Map<string, string>();
  const named: BatchFile[] = [];
  for (const file of files) {
    throwIfCancelled(signal);
    const path = pathOf(file);
    if (file.error === undefined && !contents.has(path)) contents.set(path, await hashFile(path));
    const content = contents.get(path);
    named.push({ ...file, job: content === undefined ? null : jobIdOf(file, content, batch) });
    display({ label: "read", done: named.length, total: files.length, unit: "files" });
  }
  return named;
}

/** Returns the jobs of recordings, one for each content. */
function jobsOf(
  folder: string,
  files: readonly BatchFile[],
): (Job & { readonly data: AnalysisJob })[] {
  const jobs = new Map<string, Job & { readonly data: AnalysisJob }>();
  for (const file of files) {
    const { job, section } = file;
    if (job === null || jobs.has(job)) continue;
    const data = { kind: "analyze", folder, job, path: pathOf(file), section } as const;
    jobs.set(job, { id: queueIdOf(folder, job), group: folder, data });
  }
  return [...jobs.values()];
}

/** The same content may have results in several folders. */
function queueIdOf(folder: string, job: string): string {
  const place = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  return `analyze-${place}-${job}`;
}

interface Submitted {
  readonly files: readonly BatchFile[];
  readonly jobs: readonly Job[];
  readonly done: ReadonlySet<string>;
}

function tell({ files, jobs, done }: Submitted): void {
  const before = files.filter(({ job }) => job !== null && done.has(job)).length;
  const unreadable = files.filter(({ error }) => error);
  for (const { error } of unreadable) console.log(error?.message);
  const parts = [
    `${counted(files.length, "recording")}: ${counted(jobs.length, "job")} in the queue`,
    ...(before > 0 ? [`${before} done before`] : []),
    ...(unreadable.length > 0 ? [`${unreadable.length} not readable`] : []),
  ];
  console.log(`${parts.join(", ")}.`);
}
