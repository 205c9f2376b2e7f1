import { z } from "@hono/zod-openapi";
import { settingsSchema } from "../settings.ts";

/** One recording of a job. */
const itemSchema = z.strictObject({
  name: z.string(),
  sizeBytes: z.number().int(),
  /** Where it is fetched from; one without was sent. */
  url: z.string().optional(),
});

/** A job as it is kept, in `job.json` of its folder; it never changes. */
export const jobSchema = z.strictObject({
  id: z.string(),
  /** Whose it is: see `Tokens.clientOf`. */
  client: z.string(),
  createdAt: z.number(),
  settings: settingsSchema,
  items: z.array(itemSchema),
  webhook: z.strictObject({ url: z.string(), secret: z.string() }).nullable(),
});

export type Job = z.infer<typeof jobSchema>;

/** What is kept in `finished.json` once all items have a result. */
export const finishedSchema = z.strictObject({
  finishedAt: z.number(),
  webhook: z.enum(["pending", "delivered", "failed"]).nullable(),
});

export type Finished = z.infer<typeof finishedSchema>;

/** How an item ended. */
export type ItemEnd = "done" | "failed";

/** A job, and how far it is. */
export interface JobState {
  readonly job: Job;
  /** By index of the item. */
  readonly ends: Map<number, ItemEnd>;
  /** Items that are under way. */
  readonly running: Set<number>;
  /** Aborted when the job is deleted. */
  readonly deleted: AbortController;
  finished: Finished | undefined;
}

/** What clients are told of a job. */
export const jobAnswerSchema = z
  .object({
    id: z.string(),
    object: z.literal("job"),
    status: z.enum(["queued", "running", "finished"]),
    created_at: z.number().int().openapi({ description: "Unix seconds" }),
    finished_at: z.number().int().nullable(),
    expires_at: z.number().int().nullable().openapi({ description: "When it is deleted" }),
    counts: z.object({
      total: z.number().int(),
      done: z.number().int(),
      failed: z.number().int(),
    }),
    webhook: z.enum(["pending", "delivered", "failed"]).nullable(),
    webhook_secret: z
      .string()
      .optional()
      .openapi({ description: "Told once, in the first answer" }),
  })
  .openapi("Job");

export type JobAnswer = z.infer<typeof jobAnswerSchema>;

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Returns what clients are told of a job. */
export function jobAnswer(
  { job, ends, running, finished }: JobState,
  keepHours: number,
): JobAnswer {
  const failed = [...ends.values()].filter((end) => end === "failed").length;
  const isBegun = ends.size > 0 || running.size > 0;
  return {
    id: job.id,
    object: "job",
    status: finished ? "finished" : isBegun ? "running" : "queued",
    created_at: seconds(job.createdAt),
    finished_at: finished ? seconds(finished.finishedAt) : null,
    expires_at: finished ? seconds(finished.finishedAt + keepHours * 3600e3) : null,
    counts: { total: job.items.length, done: ends.size - failed, failed },
    webhook: finished ? finished.webhook : job.webhook === null ? null : "pending",
  };
}
