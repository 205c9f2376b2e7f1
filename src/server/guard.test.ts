import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestStudio } from "../../test/support/local-studio.ts";
import type { ApiError } from "./api.ts";

let folder = "";
let studio: TestStudio;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-guard-"));
  const page = join(folder, "page");
  await mkdir(join(page, "assets"), { recursive: true });
  await mkdir(join(folder, "downloaded/silero-vad"), { recursive: true });
  await writeFile(join(page, "index.html"), "<title>Undertone</title>");
  await writeFile(join(page, "assets/a.js"), "0123456789");
  await writeFile(join(folder, "secret.txt"), "classified");
  await writeFile(join(folder, "downloaded/secret.onnx"), "classified");
  await writeFile(join(folder, "downloaded/silero-vad/silero_vad_v5.onnx"), "a model");
  studio = await TestStudio.open(folder);
});

afterAll(async () => {
  await studio.close();
  await rm(folder, { recursive: true, force: true });
});

const codeOf = (bytes: Buffer): string => {
  const { error }: ApiError = JSON.parse(bytes.toString());
  return error.code;
};

test("the page with its cookie is answered", async () => {
  const { status, bytes } = await studio.ask("/api/studio");
  expect(status).toBe(200);
  expect(JSON.parse(bytes.toString())).toMatchObject({ version: "test" });
});

test("the token in the address becomes a cookie that scripts cannot read, and leaves the address", async () => {
  const { status, headers } = await studio.ask(studio.url.pathname + studio.url.search, {
    headers: { cookie: "" },
  });
  expect(status).toBe(303);
  expect(headers["location"]).toBe("/");
  expect(String(headers["set-cookie"])).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
  expect(String(headers["set-cookie"])).toContain(studio.cookie);
});

interface Refused {
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const refused: readonly Refused[] = [
  { title: "no token", status: 401, code: "token-missing", headers: { cookie: "" } },
  {
    title: "another token",
    status: 401,
    code: "token-missing",
    headers: { cookie: "undertone=1" },
  },
  {
    title: "a token in the address of the API",
    status: 401,
    code: "token-missing",
    path: "/api/studio?token=1",
    headers: { cookie: "" },
  },
  {
    title: "another token in the address",
    status: 401,
    code: "token-missing",
    path: "/?token=1",
    headers: { cookie: "" },
  },
  {
    title: "a rebound host name",
    status: 403,
    code: "wrong-host",
    path: "/",
    headers: { host: "attacker.example" },
  },
  {
    title: "another port as host",
    status: 403,
    code: "wrong-host",
    headers: { host: "127.0.0.1:1" },
  },
  {
    title: "another origin",
    status: 403,
    code: "wrong-origin",
    headers: { origin: "http://attacker.example" },
  },
  { title: "a hidden origin", status: 403, code: "wrong-origin", headers: { origin: "null" } },
  {
    title: "another port as origin",
    status: 403,
    code: "wrong-origin",
    headers: { origin: "http://127.0.0.1:1" },
  },
  {
    title: "an element of another page",
    status: 403,
    code: "wrong-origin",
    headers: { "sec-fetch-site": "cross-site" },
  },
  {
    title: "an element of another port",
    status: 403,
    code: "wrong-origin",
    headers: { "sec-fetch-site": "same-site" },
  },
  {
    title: "a form of another page",
    status: 403,
    code: "wrong-origin",
    path: "/api/trainings",
    method: "POST",
    headers: { origin: "http://a.example" },
  },
  {
    title: "a form without origin",
    status: 403,
    code: "wrong-origin",
    path: "/api/trainings",
    method: "POST",
    headers: { origin: "" },
  },
  {
    title: "a method that changes",
    status: 405,
    code: "method-not-allowed",
    path: "/api/runs",
    method: "DELETE",
  },
  {
    title: "a POST to what is read",
    status: 405,
    code: "method-not-allowed",
    path: "/api/runs",
    method: "POST",
  },
  {
    title: "a preflight",
    status: 405,
    code: "method-not-allowed",
    path: "/api/trainings",
    method: "OPTIONS",
  },
  { title: "an address that there is not", status: 404, code: "not-found", path: "/api/nothing" },
];

test.each(refused)(
  "$title is refused with $status $code",
  async ({ path = "/api/studio", ...ask }) => {
    const answer = await studio.ask(path, ask);
    expect([answer.status, codeOf(answer.bytes)]).toEqual([ask.status, ask.code]);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  },
);

test("a link on another page opens the studio, whose API the link cannot reach", async () => {
  const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  expect((await studio.ask("/", { headers: link })).status).toBe(200);
  expect((await studio.ask("/api/runs", { headers: link })).status).toBe(403);
});

test.each([
  "/../secret.txt",
  "/..%2fsecret.txt",
  "/%2e%2e/secret.txt",
  "/assets/..%5c..%5csecret.txt",
  "/assets/../../secret.txt",
  "//etc/passwd",
  "/%00",
  "/%",
  "/models/../downloaded/secret.onnx",
  "/models/secret.onnx",
  "/models/..%2fsecret.onnx",
  "/api/runs/..",
  "/api/runs/..%2f..%2fsecret.txt",
  "/api/corpora/..%2f/sound?clip=secret.txt",
])("%s leads to no file outside", async (path) => {
  const { status, bytes } = await studio.ask(path);
  expect(status).toBe(404);
  expect(bytes.toString()).not.toContain("classified");
});

test("every answer keeps other pages out and gives WebAssembly threads", async () => {
  for (const path of ["/", "/api/studio", "/nothing"]) {
    const { headers } = await studio.ask(path);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
    });
  }
});

test.each([
  { range: "bytes=2-4", status: 206, text: "234", sent: "bytes 2-4/10" },
  { range: "bytes=7-", status: 206, text: "789", sent: "bytes 7-9/10" },
  { range: "bytes=-2", status: 206, text: "89", sent: "bytes 8-9/10" },
  { range: "bytes=5-99", status: 206, text: "56789", sent: "bytes 5-9/10" },
  { range: "bytes=10-", status: 416, text: "", sent: "bytes */10" },
  { range: "bytes=0-1,4-5", status: 200, text: "0123456789", sent: undefined },
])("$range of a file", async ({ range, status, text, sent }) => {
  const answer = await studio.ask("/assets/a.js", { headers: { range } });
  expect([answer.status, answer.bytes.toString()]).toEqual([status, text]);
  expect(answer.headers["content-range"]).toBe(sent);
});

test("models of the package and downloaded ones are served, each by its known name", async () => {
  const downloaded = await studio.ask("/models/silero-vad/silero_vad_v5.onnx");
  expect(downloaded.bytes.toString()).toBe("a model");
  const { status, headers } = await studio.ask("/models/small.onnx", { method: "HEAD" });
  expect(status).toBe(200);
  expect(Number(headers["content-length"])).toBeGreaterThan(100_000);
});
