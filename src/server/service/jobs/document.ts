import { z, type OpenAPIHono } from "@hono/zod-openapi";
import { answers, fileSchema } from "../documented.ts";
import { settingsSchema } from "../settings.ts";
import { jobAnswerSchema } from "./job.ts";

/** What a job is ordered with, beside files. */
export const orderSchema = settingsSchema
  .extend({
    urls: z.array(z.string().max(4000)).default([]),
    webhook_url: z.string().max(4000).optional(),
  })
  .openapi("JobOrder");

const idSchema = z.object({ id: z.string() });
export const listSchema = z.object({ object: z.literal("list"), data: z.array(jobAnswerSchema) });
/** Adds the routes of jobs to the document. */
export function documentJobs(registry: OpenAPIHono["openAPIRegistry"]): void {
  const job = { "application/json": { schema: jobAnswerSchema } };
  registry.registerPath({
    method: "post",
    path: "/v1/jobs",
    operationId: "createJob",
    summary: "Order the analysis of files, or of addresses on hosts that are allowed",
    request: {
      headers: z.object({ "idempotency-key": z.string().optional() }),
      body: {
        required: true,
        content: {
          "multipart/form-data": { schema: orderSchema.extend({ file: z.array(fileSchema) }) },
          "application/json": { schema: orderSchema },
        },
      },
    },
    responses: { ...answers(job, "The job of the same idempotency key"), 202: accepted(job) },
  });
  registry.registerPath({
    method: "get",
    path: "/v1/jobs",
    operationId: "listJobs",
    summary: "The last jobs of this token",
    responses: answers({ "application/json": { schema: listSchema } }, "The jobs"),
  });
  registry.registerPath({
    method: "get",
    path: "/v1/jobs/{id}",
    operationId: "getJob",
    summary: "How far a job is",
    request: { params: idSchema },
    responses: answers(job, "The job"),
  });
  registry.registerPath({
    method: "get",
    path: "/v1/jobs/{id}/results",
    operationId: "getJobResults",
    summary: "The results so far, a line of JSON each: an analysis or an error",
    request: { params: idSchema },
    responses: answers({ "application/jsonl": { schema: z.string() } }, "The results"),
  });
  registry.registerPath({
    method: "delete",
    path: "/v1/jobs/{id}",
    operationId: "deleteJob",
    summary: "Stop a job, and delete its recordings and results",
    request: { params: idSchema },
    responses: { ...answers({}, ""), 204: { description: "It is deleted" } },
  });
}

const accepted = (content: { "application/json": { schema: typeof jobAnswerSchema } }) => ({
  description: "The job is kept, and will be done",
  content,
});
