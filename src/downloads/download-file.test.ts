import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answer, WebServers } from "../../test/support/web-server.ts";
import type { ProgressListener } from "../shared/logger.ts";
import type { Digest } from "./digest.ts";
import { downloadFile } from "./download-file.ts";

let folder: string;
const servers = new WebServers();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "download-"));
});
afterEach(async () => {
  servers.close();
  await rm(folder, { recursive: true, force: true });
});

const content = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7919) % 251));
const digestOf = (algorithm: Digest["algorithm"], bytes: Uint8Array): Digest => ({
  algorithm,
  hex: createHash(algorithm).update(bytes).digest("hex"),
});
const md5 = (bytes: Uint8Array): Digest => digestOf("md5", bytes);
const quick = { retryDelayMs: 1, stallMs: 2000 };

const got = (): Promise<Buffer> => readFile(join(folder, "file"));
const download = (url: string, options = {}): Promise<void> =>
  downloadFile({ url }, join(folder, "file"), { ...quick, ...options });

test("a line that drops again and again is picked up where it dropped", async () => {
  const { url, requests } = await servers.serve((_, response, count) => {
    answer(response, content, { until: 40_000 * (count + 1) });
  });
  await download(url, { digest: md5(content) });
  expect(content.equals(await got())).toBe(true);
  const starts = requests.map((request) => Number(/\d+/.exec(request.headers.range ?? "0")?.[0]));
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(new Set(starts).size).toBeGreaterThan(3);
  expect(await readdir(folder)).toEqual(["file"]);
});

test("a later call goes on from the part of an earlier one", async () => {
  const cancel = new AbortController();
  const { url, requests } = await servers.serve((_, response, count) => {
    if (count > 0) return answer(response, content);
    response.writeHead(200, { etag: '"v1"', "content-length": content.length });
    response.write(content.subarray(0, 100_000)); // and then nothing until Ctrl-C
    return undefined;
  });
  const onProgress = (): void => cancel.abort();
  await expect(download(url, { signal: cancel.signal, onProgress })).rejects.toMatchObject({
    code: "cancelled",
  });
  expect((await readdir(folder)).toSorted()).toEqual(["file.part", "file.part.json"]);
  await download(url);
  expect(content.equals(await got())).toBe(true);
  expect(requests[1]!.headers.range).toMatch(/^bytes=[1-9]\d+-$/);
});

test.each([
  ["ignores ranges", { ranges: false }],
  ["has another file by now", { etag: '"v2"' }],
])("a server that %s is read from the start", async (_case, change) => {
  const { url } = await servers.serve((_, response, count) => {
    answer(response, content, count === 0 ? { until: 50_000 } : change);
  });
  await download(url, { digest: md5(content) });
  expect(content.equals(await got())).toBe(true);
});

test("a part without a validator, a complete part, a part longer than the file", async () => {
  const { url, requests } = await servers.serve((_, response) => answer(response, content));
  const note = JSON.stringify({ url, validator: '"v1"' });
  await writeFile(join(folder, "file.part"), "something else");
  await download(url);
  expect(requests.at(-1)!.headers.range).toBeUndefined();
  for (const part of [content, Buffer.concat([content, content])]) {
    await writeFile(join(folder, "file.part"), part);
    await writeFile(join(folder, "file.part.json"), note);
    await download(url);
    expect(content.equals(await got())).toBe(true);
  }
});

test("a server that is silent, busy or broken for a while is asked again", async () => {
  const { url, requests } = await servers.serve((_, response, count) => {
    if (count === 0) return; // never answers
    if (count === 1) response.writeHead(503).end();
    else if (count === 2) response.writeHead(429, { "retry-after": "0" }).end();
    else answer(response, content);
  });
  await download(url, { stallMs: 100 });
  expect(requests).toHaveLength(4);
});

test.each([
  { status: 500, headers: {}, message: /returned status 500 after 6 attempts/, asked: 6 },
  { status: 404, headers: {}, message: /404\. The file has moved/, asked: 1 },
  { status: 403, headers: {}, message: /403/, asked: 1 },
  { status: 200, headers: { "content-type": "text/html" }, message: /a web page/, asked: 1 },
  { status: 302, headers: { location: "/" }, message: /redirects too many times/, asked: 6 },
])(
  "an answer of $status with $headers is an error",
  async ({ status, headers, message, asked }) => {
    const { url, requests } = await servers.serve((_, response) => {
      response.writeHead(status, headers).end("<html>");
    });
    await expect(download(url)).rejects.toMatchObject({
      code: "network-failed",
      message: expect.stringMatching(message),
    });
    expect(requests).toHaveLength(asked);
    expect(await readdir(folder)).toEqual([]);
  },
);

test("no server at all", async () => {
  await expect(download("http://127.0.0.1:1")).rejects.toMatchObject({ code: "network-failed" });
});

test("a wrong checksum, published or sent by the storage, throws the part away", async () => {
  const { url } = await servers.serve((_, response) => {
    response.setHeader("x-goog-hash", "crc32c=AAAAAA==, md5=AAAAAAAAAAAAAAAAAAAAAA==");
    answer(response, content);
  });
  for (const options of [{ digest: md5(Buffer.from("other")) }, {}]) {
    await expect(download(url, options)).rejects.toMatchObject({ code: "checksum-mismatch" });
    expect(await readdir(folder)).toEqual([]);
  }
});

test("a file that the disk has no room for is not begun, and progress ends once", async () => {
  const huge = await servers.serve((_, response) => {
    response.writeHead(200, { "content-length": String(2 ** 52) }).write("x");
  });
  await expect(download(huge.url)).rejects.toMatchObject({ code: "disk-full" });
  const { url } = await servers.serve((_, response) => answer(response, content));
  const reports: [number, number | undefined][] = [];
  const onProgress: ProgressListener = ({ done, total }) => reports.push([done, total]);
  await download(url, { onProgress });
  expect(reports.filter(([done, total]) => done === total)).toEqual([[1, 1]]);
});

test.each(["md5", "sha256", "sha512"] as const)("a file is held to its %s", async (algorithm) => {
  const { url } = await servers.serve((_, response) => answer(response, content));
  await download(url, { digest: digestOf(algorithm, content) });
  expect(content.equals(await got())).toBe(true);
});

test.each([
  ["the same digest is expected", "sha256", /^bytes=\d+-$/],
  ["another digest is expected", "md5", /^$/],
] as const)("a part that has no validator, when %s", async (_case, algorithm, range) => {
  const { url, requests } = await servers.serve((_, response, count) => {
    const until = count === 0 ? 100_000 : Infinity;
    answer(response, content, { etag: undefined, until });
  });
  const digest = digestOf("sha256", content);
  await expect(download(url, { attempts: 1, digest })).rejects.toMatchObject({
    code: "network-failed",
    message: expect.stringMatching(/lost after 1 attempt\./),
  });
  await download(url, { digest: digestOf(algorithm, content) });
  expect(content.equals(await got())).toBe(true);
  expect(requests.at(-1)!.headers.range ?? "").toMatch(range);
});

test("another length than the published one is refused at once", async () => {
  const endless = await servers.serve((_, response) => {
    response.on("error", () => undefined);
    const more = (): boolean => response.write(content, () => void setImmediate(more));
    more();
  });
  const longer = await servers.serve((_, response) => answer(response, content));
  for (const { url } of [endless, longer]) {
    await expect(download(url, { size: 1000 })).rejects.toMatchObject({
      code: "checksum-mismatch",
      message: expect.stringMatching(/1000/),
    });
    expect(await readdir(folder)).toEqual([]);
  }
});
