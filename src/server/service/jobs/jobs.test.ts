import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { call } from "../../../../test/support/analysis.ts";
import {
  formWith,
  otherToken,
  startTestService,
  type TestService,
} from "../../../../test/support/service.ts";
import { jobAnswerSchema, type JobAnswer } from "./job.ts";

/** A host that gives a recording, and takes messages. */
let host: Server;
let at = "";
const messages: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
beforeAll(async () => {
  host = createServer((request, response) => {
    void text(request).then((body) => {
      if (request.method === "POST") messages.push({ headers: request.headers, body });
      return response.end("RIFF");
    });
  });
  await once(host.listen(0, "127.0.0.1"), "listening");
  const address = host.address();
  at = `127.0.0.1:${typeof address === "object" ? address!.port : 0}`;
});
afterAll(() => {
  host.closeAllConnections();
  host.close();
});

const order = async (service: TestService, init: RequestInit): Promise<JobAnswer> => {
  const answer = await service.ask("/v1/jobs", { method: "POST", ...init });
  expect(answer.status).toBe(202);
  return jobAnswerSchema.parse(await answer.json());
};
const stateOf = async (service: TestService, id: string): Promise<JobAnswer> =>
  jobAnswerSchema.parse(await (await service.ask(`/v1/jobs/${id}`)).json());
async function finished(service: TestService, id: string): Promise<void> {
  const status = async (): Promise<string> => (await stateOf(service, id)).status;
  await expect.poll(status, { timeout: 10_000 }).toBe("finished");
}

const resultSchema = z.looseObject({
  index: z.number(),
  name: z.string(),
  error: z.unknown().optional(),
});
async function resultsOf(
  service: TestService,
  id: string,
): Promise<z.infer<typeof resultSchema>[]> {
  const lines = await (await service.ask(`/v1/jobs/${id}/results`)).text();
  return lines
    .trimEnd()
    .split("\n")
    .map((line) => resultSchema.parse(JSON.parse(line)));
}

test("files and addresses are done, and the webhook is told with a signature", async () => {
  const service = await startTestService({
    workers: 2,
    allowedHosts: [at],
    analyze: (path) =>
      Promise.resolve(
        path.endsWith("/1")
          ? { error: { code: "audio-empty", message: `${path}: is empty.` } }
          : call,
      ),
  });
  const body = formWith({ diarize: "true", webhook_url: `http://${at}/hook` }, [
    ["a.wav", "RIFF"],
    ["b.wav", ""],
  ]);
  body.append("urls", `http://${at}/calls/c.wav?key=1`);
  const { id, webhook_secret: secret = "", ...made } = await order(service, { body });
  expect(made).toMatchObject({
    object: "job",
    counts: { total: 3, failed: 0 },
    webhook: "pending",
  });
  await finished(service, id);
  expect(await resultsOf(service, id)).toMatchObject([
    { index: 0, name: "a.wav", durationSec: 6 },
    { index: 1, name: "b.wav", error: { code: "audio-empty", message: "b.wav: is empty." } },
    { index: 2, name: "c.wav", url: `http://${at}/calls/c.wav?key=1`, durationSec: 6 },
  ]);
  expect((await stateOf(service, id)).counts).toEqual({ total: 3, done: 2, failed: 1 });
  expect(await readdir(join(service.folder, "jobs", id, "inputs"))).toEqual([]);

  await expect.poll(async () => (await stateOf(service, id)).webhook).toBe("delivered");
  const { headers, body: message } = messages[0]!;
  const { "webhook-id": messageId, "webhook-timestamp": timestamp } = headers;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const hmac = createHmac("sha256", key).update(
    `${String(messageId)}.${String(timestamp)}.${message}`,
  );
  expect(headers["webhook-signature"]).toBe(`v1,${hmac.digest("base64")}`);
  expect(JSON.parse(message)).toMatchObject({ type: "job.finished", data: { id } });

  expect((await service.ask(`/v1/jobs/${id}`, { method: "DELETE" })).status).toBe(204);
  expect((await service.ask(`/v1/jobs/${id}`)).status).toBe(404);
  expect(await readdir(join(service.folder, "jobs"))).toEqual([]);
  await service.close();
});

test("a job is its token's alone", async () => {
  const service = await startTestService();
  const { id } = await order(service, { body: formWith({}) });
  const headers = { authorization: `Bearer ${otherToken}` };
  for (const path of [`/v1/jobs/${id}`, `/v1/jobs/${id}/results`]) {
    expect((await service.ask(path, { headers })).status).toBe(404);
  }
  expect((await service.ask(`/v1/jobs/${id}`, { method: "DELETE", headers })).status).toBe(404);
  expect(await (await service.ask("/v1/jobs", { headers })).json()).toMatchObject({ data: [] });
  expect(await (await service.ask("/v1/jobs")).json()).toMatchObject({ data: [{ id }] });
  await service.close();
});

const init = (): RequestInit => ({
  method: "POST",
  body: formWith({}),
  headers: { "idempotency-key": "k" },
});

test("a key makes the same order one job", async () => {
  const service = await startTestService();
  const all = await Promise.all([1, 2, 3].map(() => service.ask("/v1/jobs", init())));
  expect(all.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409, 409]);
  const again = await service.ask("/v1/jobs", init());
  expect(again.status).toBe(200);
  expect(await (await service.ask("/v1/jobs")).json()).toMatchObject({ data: [{}] });
  await service.close();
});

test.each([
  ["an address on a host that is not allowed", { urls: ["http://169.254.169.254/"] }, 403],
  ["a webhook on a host that is not allowed", { urls: [], webhook_url: "http://localhost/" }, 403],
  ["nothing to do", { urls: [] }, 400],
  ["a field that does not exist", { urls: [], tempo: 1 }, 400],
  ["too many addresses", { urls: Array<string>(5).fill("http://a.test/a") }, 413],
])("%s is refused", async (_, json, status) => {
  const service = await startTestService({ allowedHosts: ["a.test"], limits: { maxJobFiles: 4 } });
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(json);
  expect((await service.ask("/v1/jobs", { method: "POST", headers, body })).status).toBe(status);
  expect(await readdir(join(service.folder, "jobs"))).toEqual([]);
  await service.close();
});

test("what fails by chance is tried three times, and then said to have failed", async () => {
  let tries = 0;
  const service = await startTestService({
    analyze: () => {
      tries++;
      return Promise.reject(new Error("crashed"));
    },
    retryDelayMs: 1,
  });
  const { id } = await order(service, { body: formWith({}) });
  await finished(service, id);
  expect(tries).toBe(3);
  expect(await resultsOf(service, id)).toMatchObject([{ error: { code: "internal" } }]);
  await service.close();
});

test("a server goes on with what another left, and does nothing twice", async () => {
  const folder = await mkdtemp(join(tmpdir(), "undertone-jobs-"));
  const first = await startTestService({ folder });
  const { id } = await order(first, {
    body: formWith({}, [
      ["a.wav", "RIFF"],
      ["b.wav", "RIFF"],
    ]),
  });
  await finished(first, id);
  await first.close();
  // As if it had been killed before the second result, in the middle of another upload.
  await rm(join(folder, "jobs", id, "finished.json"));
  await rm(join(folder, "jobs", id, "results", "1.done.json"));
  await writeFile(join(folder, "jobs", id, "inputs", "1"), "RIFF");
  await mkdir(join(folder, "uploads", "half"));
  await mkdir(join(folder, "jobs", "not-a-job"));

  const done: string[] = [];
  const second = await startTestService({
    folder,
    analyze: (path) => {
      done.push(path);
      return Promise.resolve(call);
    },
  });
  await finished(second, id);
  expect(done).toEqual([join(folder, "jobs", id, "inputs", "1")]);
  expect((await resultsOf(second, id)).map(({ index }) => index)).toEqual([0, 1]);
  expect(await readdir(join(folder, "uploads"))).toEqual([]);
  await second.close();

  // A finished job whose time is over is deleted at the start.
  const third = await startTestService({ folder, limits: { keepHours: 0 } });
  await expect.poll(() => readdir(join(folder, "jobs"))).toEqual(["not-a-job"]);
  await third.close();
  await rm(folder, { recursive: true, force: true });
});

test("a job that is deleted stops", async () => {
  let isStopped = false;
  const service = await startTestService({
    analyze: () => new Promise(() => undefined),
    onStop: () => {
      isStopped = true;
    },
  });
  const { id } = await order(service, { body: formWith({}) });
  await expect.poll(async () => (await stateOf(service, id)).status).toBe("running");
  expect((await service.ask(`/v1/jobs/${id}`, { method: "DELETE" })).status).toBe(204);
  expect(isStopped).toBe(true);
});
