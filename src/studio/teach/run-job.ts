import { assertTeachable, clipExamples, type TeachTools } from "./clip-examples.ts";
import type { TeachJob } from "./taught-clip.ts";
import type { TaughtModel } from "./taught-model.ts";
import type { TeachHooks } from "./teach-event.ts";
import type { TeachStore } from "./teach-store.ts";
import { trainCnn } from "./train-cnn.ts";
import { trainProbe } from "./train-probe.ts";

/** Key of the one job, and of the one model, that is kept. */
export const current = "current";

/**
 * Trains a job to its end. What has finished is kept, so that `runJob` of the same job goes on from there, after the tab was
 * closed too; the model is kept when it is done.
 * @throws UndertoneError `dataset-invalid`, `training-diverged`, `cancelled`, `disk-full`, and what getting the encoder throws
 */
export async function runJob(
  job: TeachJob,
  tools: TeachTools,
  hooks: TeachHooks,
): Promise<TaughtModel> {
  const { store } = tools;
  assertTeachable(job.clips);
  await startJob(job, store);
  const examples = await clipExamples(job, tools, hooks);
  const train = job.kind === "audio-cnn" ? trainCnn : trainProbe;
  const model = await train({ job, examples }, tools, hooks);
  await store.put("model", current, model);
  await endJob(store);
  return model;
}

/** Forgets the training under way. */
export async function endJob(store: TeachStore): Promise<void> {
  await store.delete("job", current);
  await store.clear("progress");
}

/** Keeps the job; the progress of another one is forgotten. */
async function startJob(job: TeachJob, store: TeachStore): Promise<void> {
  const kept = await store.get("job", current);
  if (JSON.stringify(kept) === JSON.stringify(job)) return;
  await endJob(store);
  await store.put("job", current, job);
}
