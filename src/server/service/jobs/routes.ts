import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { stream } from "hono/streaming";
import { parsed } from "../../parsed.ts";
import { Refusal } from "../../refusal.ts";
import type { AllowedHosts } from "../remote/allowed-hosts.ts";
import type { Service, ServiceEnv } from "../service.ts";
import { formOf } from "../settings.ts";
import { withUpload, type Upload } from "../uploads/with-upload.ts";
import { documentJobs, orderSchema, type listSchema } from "./document.ts";
import { jobAnswer, type Job, type JobState } from "./job.ts";
import type { JobRunner } from "./job-runner.ts";
import type { JobStore } from "./job-store.ts";

export interface JobParts {
  readonly store: JobStore;
  readonly runner: JobRunner;
  readonly hosts: AllowedHosts;
}

const mostListed = 100;

/** `/v1/jobs`: many recordings, without a client that waits. */
export function jobRoutes(service: Service, parts: JobParts) {
  const { limits } = service;
  const { store } = parts;
  const adding = new Set<string>();
  const app = new OpenAPIHono<ServiceEnv>();
  documentJobs(app.openAPIRegistry);
  app.post("/v1/jobs", (context) => {
    const id = jobIdOf(context);
    const known = store.find(id);
    if (known) return context.json(jobAnswer(known, limits.keepHours));
    if (store.count >= limits.maxJobs) {
      const message = "The server keeps as many jobs as it may: delete some.";
      throw new Refusal("overloaded", message, { retryAfterSec: 60 });
    }
    if (adding.has(id)) {
      const message = "A request with this idempotency key is under way.";
      throw new Refusal("idempotency-conflict", message, { retryAfterSec: 1 });
    }
    adding.add(id);
    return withUpload(service, context, {
      maxFiles: limits.maxJobFiles,
      work: async (upload) => {
        const { job, sent } = await ordered(upload, { id, context, hosts: parts.hosts, limits });
        const state = await store.add(job, { made: join(upload.folder, "job"), sent });
        parts.runner.notify();
        context.header("location", `/v1/jobs/${id}`);
        const { webhook } = job;
        const told = webhook === null ? {} : { webhook_secret: webhook.secret };
        return context.json({ ...jobAnswer(state, limits.keepHours), ...told }, 202);
      },
    }).finally(() => adding.delete(id));
  });
  app.get("/v1/jobs", (context) => {
    const own = store.jobs.filter(({ job }) => job.client === context.get("client"));
    const data = own.toReversed().slice(0, mostListed);
    const told = data.map((state) => jobAnswer(state, limits.keepHours));
    return context.json<z.infer<typeof listSchema>>({ object: "list", data: told });
  });
  app.get("/v1/jobs/:id", (context) =>
    context.json(jobAnswer(ownJob(store, context), limits.keepHours)),
  );
  app.get("/v1/jobs/:id/results", (context) => {
    const state = ownJob(store, context);
    context.header("content-type", "application/jsonl");
    return stream(context, async (lines) => {
      for await (const line of store.results(state)) await lines.write(`${line}\n`);
    });
  });
  app.delete("/v1/jobs/:id", async (context) => {
    await store.delete(ownJob(store, context));
    return context.body(null, 204);
  });
  return app;
}

/** Returns the id of a new job: with the header `Idempotency-Key` the same for the same key. */
function jobIdOf(context: Context<ServiceEnv>): string {
  const key = context.req.header("idempotency-key");
  const seed = key === undefined ? randomBytes(32) : `${context.get("client")}:${key}`;
  return `job_${createHash("sha256").update(seed).digest("hex").slice(0, 32)}`;
}

/** @throws Refusal `not-found`, also for the job of another token */
function ownJob(store: JobStore, context: Context<ServiceEnv>): JobState {
  const state = store.find(context.req.param("id") ?? "");
  if (state?.job.client === context.get("client")) return state;
  throw new Refusal("not-found", "There is no such job, or it was deleted.");
}

interface Ordering {
  readonly id: string;
  readonly context: Context<ServiceEnv>;
  readonly hosts: AllowedHosts;
  readonly limits: Pick<Service["limits"], "maxJobFiles">;
}

/** Returns the job that a body orders, and the path of each file by its index. @throws Refusal `body-invalid`, `url-refused` */
async function ordered(
  { files, fields }: Upload,
  { id, context, hosts, limits }: Ordering,
): Promise<{ readonly job: Job; readonly sent: ReadonlyMap<number, string> }> {
  const json = files.find(({ field }) => field === "json");
  const recordings = files.filter((each) => each !== json);
  const order = json
    ? parsed(orderSchema, await readJson(json.path))
    : formOf(orderSchema, { fields });
  const { urls, webhook_url: webhookUrl, ...settings } = order;
  for (const url of urls) hosts.check(url);
  if (webhookUrl !== undefined) hosts.check(webhookUrl);
  const items: Job["items"] = [
    ...recordings.map(({ name, sizeBytes }) => ({ name, sizeBytes })),
    ...urls.map((url) => ({ name: nameOf(url), sizeBytes: 0, url })),
  ];
  if (items.length === 0) {
    throw new Refusal("body-invalid", 'Send recordings as fields "file", or addresses as "urls".');
  }
  if (items.length > limits.maxJobFiles) {
    throw new Refusal("body-too-large", `A job has at most ${limits.maxJobFiles} recordings.`);
  }
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  return {
    sent: new Map(recordings.map(({ path }, index) => [index, path])),
    job: {
      id,
      client: context.get("client"),
      createdAt: Date.now(),
      settings,
      items,
      webhook: webhookUrl === undefined ? null : { url: webhookUrl, secret },
    },
  };
}

const nameOf = (url: string): string => new URL(url).pathname.split("/").at(-1)!.slice(0, 200);

/** @throws Refusal `body-invalid` */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    throw new Refusal("body-invalid", "The body is no JSON.");
  }
}
