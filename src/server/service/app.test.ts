import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { analysis, call } from "../../../test/support/analysis.ts";
import {
  formWith,
  Gate,
  startTestService,
  type TestService,
} from "../../../test/support/service.ts";
import { analysisSchema } from "./analysis-schema.ts";

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const emotions = "/v1/audio/emotions";

test("the OpenAPI document is valid, and has every route", async () => {
  const open = { authorization: "none" };
  const answer = await service.ask("/openapi.json", { headers: open });
  const document: { paths: Record<string, object> } = await answer.json();
  expect(await new Validator().validate(document)).toMatchObject({ valid: true });
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(routes.toSorted()).toEqual([
    "delete /v1/jobs/{id}",
    "get /health",
    "get /metrics",
    "get /v1/expression/audio/realtime",
    "get /v1/jobs",
    "get /v1/jobs/{id}",
    "get /v1/jobs/{id}/results",
    "get /v1/models",
    "get /v1/models/{model}",
    "get /v1/stream",
    "get /v1/stream/twilio",
    "get /v2/models/{model}",
    "post /v1/audio/emotions",
    "post /v1/audio/transcriptions",
    "post /v1/jobs",
    "post /v2/models/{model}/infer",
  ]);
});

/** What the document says of an operation. */
const operationsSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string() }))),
});

interface Call {
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: FormData;
}

/** Returns a client that is generated from the server's document: its functions, by their names there. */
async function generatedClient(of: TestService) {
  const { paths } = operationsSchema.parse(await (await of.ask("/openapi.json")).json());
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { operationId }]) => [operationId, { method, path }] as const,
    ),
  );
  const byName = new Map(operations);
  return async (name: string, { params = {}, body }: Call = {}): Promise<unknown> => {
    const { method, path } = byName.get(name)!;
    const url = path.replaceAll(/\{(\w+)\}/g, (_, key: string) => params[key]!);
    const answer = await of.ask(url, { method: method.toUpperCase(), ...(body && { body }) });
    expect(answer.ok).toBe(true);
    return answer.headers.get("content-type")?.includes("json")
      ? answer.text().then(parsedLines)
      : null;
  };
}

/** Returns the last line of JSON. */
const parsedLines = (text: string): unknown => JSON.parse(text.trimEnd().split("\n").at(-1)!);

test("a client that is generated from the document can do all that it says", async () => {
  const client = await generatedClient(service);
  expect(await client("getHealth")).toMatchObject({ status: "ok", version: "1.2.3" });
  expect(await client("listModels")).toMatchObject({ object: "list" });
  expect(await client("getModel", { params: { model: "default" } })).toMatchObject({
    id: "default",
  });
  expect(await client("createEmotions", { body: formWith({}) })).toMatchObject({ durationSec: 6 });
  const body = formWith({ model: "default" });
  expect(await client("createTranscription", { body })).toMatchObject({ usage: { seconds: 6 } });
  const job = z.object({ id: z.string() }).parse(await client("createJob", { body: formWith({}) }));
  const params = { id: job.id };
  await expect.poll(() => client("getJob", { params })).toMatchObject({ status: "finished" });
  expect(await client("getJobResults", { params })).toMatchObject({ index: 0, durationSec: 6 });
  expect(await client("listJobs")).toMatchObject({ data: [{ id: job.id }] });
  await client("deleteJob", { params });
  await client("getMetrics");
});

test("the document's schema of an analysis leaves nothing out", () => {
  for (const each of [analysis, call]) expect(analysisSchema.parse(each)).toEqual(each);
});

test("an analysis is answered, of a form and of a body that is the sound", async () => {
  const form = await service.ask(emotions, { method: "POST", body: formWith({ diarize: "true" }) });
  const warnings = ["Made without a model."];
  expect(await form.json()).toEqual({ ...call, warnings });
  const headers = { "content-type": "audio/wav" };
  const body = new Blob(["RIFF"]);
  const sound = await service.ask(`${emotions}?sensitivity=high`, {
    method: "POST",
    headers,
    body,
  });
  expect(await sound.json()).toEqual({ ...call, warnings });
});

test("what is wrong with a recording is its failure, without a path of the server", async () => {
  const failing = await startTestService({
    analyze: (path) =>
      Promise.resolve({ error: { code: "audio-empty", message: `${path}: empty.` } }),
  });
  const answer = await failing.ask(emotions, { method: "POST", body: formWith({}) });
  expect(answer.status).toBe(422);
  const body = {
    error: { code: "audio-empty", message: "a.wav: empty.", type: "invalid_request_error" },
  };
  expect(await answer.json()).toMatchObject(body);
  await failing.close();
});

test("of an error of the program only the log has more than its code", async () => {
  const broken = await startTestService({ analyze: () => Promise.reject(new TypeError("secret")) });
  const answer = await broken.ask(emotions, { method: "POST", body: formWith({}) });
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("secret");
  const id = answer.headers.get("x-request-id");
  const logged = broken.lines.find((line) => line.includes("internal-error"));
  expect(JSON.parse(logged!)).toMatchObject({ requestId: id, level: "error" });
  await broken.close();
});

test("a full server asks to come back, before it takes the body", async () => {
  const gate = new Gate();
  const full = await startTestService({
    limits: { maxWaiting: 0 },
    analyze: () => gate.opened.then(() => call),
  });
  const first = full.ask(emotions, { method: "POST", body: formWith({}) });
  await expect.poll(async () => (await metricsOf(full)).get("undertone_workers_busy")).toBe(1);
  const second = await full.ask(emotions, { method: "POST", body: formWith({}) });
  expect(second.status).toBe(429);
  expect(Number(second.headers.get("retry-after"))).toBeGreaterThan(0);
  gate.open();
  expect((await first).status).toBe(200);
  await full.close();
});

async function metricsOf(of: TestService): Promise<Map<string, number>> {
  const lines = await (await of.ask("/metrics")).text();
  return new Map(
    [...lines.matchAll(/^(undertone_\S+) ([\d.e+-]+)$/gm)].map(([, name, value]) => [
      name!,
      Number(value),
    ]),
  );
}

test("requests and seconds of sound are counted", async () => {
  const counted = await startTestService();
  await counted.ask(emotions, { method: "POST", body: formWith({}) });
  const metrics = await metricsOf(counted);
  expect(metrics.get("undertone_audio_seconds_total")).toBe(call.durationSec);
  const request = `undertone_requests_total{method="POST",route="${emotions}",status="200"}`;
  await expect.poll(async () => (await metricsOf(counted)).get(request)).toBe(1);
  await counted.close();
});

test("too many requests of one token are refused, and no others", async () => {
  const limited = await startTestService({ limits: { requestsPerMin: 12 } });
  const all = await Promise.all([1, 2, 3].map(() => limited.ask("/v1/models")));
  expect(all.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 429]);
  const headers = { authorization: "Bearer ut_another-token-of-the-tests" };
  expect((await limited.ask("/v1/models", { headers })).status).toBe(200);
  await limited.close();
});

test("a stop finishes what runs, and takes nothing new", async () => {
  const gate = new Gate();
  const stopping = await startTestService({ analyze: () => gate.opened.then(() => call) });
  const running = stopping.ask(emotions, { method: "POST", body: formWith({}) });
  await expect.poll(async () => (await metricsOf(stopping)).get("undertone_workers_busy")).toBe(1);
  const closed = stopping.close();
  await expect(
    fetch(`${stopping.url}/health`, { headers: { connection: "close" } }),
  ).rejects.toThrow("fetch failed");
  gate.open();
  expect((await running).status).toBe(200);
  await closed;
  expect(JSON.parse(stopping.lines.at(-1)!)).toMatchObject({ event: "stopped" });
});

test("an address that is none, and a method that is not possible", async () => {
  expect((await service.ask("/v1/nothing")).status).toBe(404);
  const answer = await service.ask("/v1/audio/emotions");
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
  expect(
    z
      .object({ error: z.object({ code: z.literal("method-not-allowed") }) })
      .parse(await answer.json()),
  ).toBeDefined();
});
