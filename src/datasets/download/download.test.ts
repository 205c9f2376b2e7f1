import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ProgressListener } from "../../shared/logger.ts";
import { readCorpus } from "../read-corpus.ts";
import { downloadFile } from "./download-file.ts";
import { downloadRavdess, type DownloadOptions } from "./download-ravdess.ts";
import { unzip } from "./unzip.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

let folder: string;
const servers: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "download-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await rm(folder, { recursive: true, force: true });
});

/** A server on this machine; the handler is told how many requests came before. */
async function serve(handler: Handler): Promise<{ url: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    handler(request, response, requests.length - 1);
  });
  servers.push(server);
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}`, requests };
}

const content = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7919) % 251));
const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");
const quick = { retryDelayMs: 1, stallMs: 2000 };

interface AnswerOptions {
  readonly etag?: string;
  readonly ranges?: boolean;
  readonly until?: number;
  readonly body?: Buffer;
}

/** Answers like a storage server: ETag and ranges; `until` bytes and then the line drops. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { etag = '"v1"', ranges = true, until = Infinity, body = content }: AnswerOptions = {},
): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const start = ranges && request.headers["if-range"] === etag ? from : 0;
  if (start >= body.length) {
    response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
    return;
  }
  const range = `bytes ${start}-${body.length - 1}/${body.length}`;
  const headers = { etag, "content-length": body.length - start };
  response.writeHead(
    start > 0 ? 206 : 200,
    start > 0 ? { ...headers, "content-range": range } : headers,
  );
  response.write(body.subarray(start, Math.min(until, body.length)), () => {
    if (until < body.length) response.socket?.end();
    else response.end();
  });
}

const got = (): Promise<Buffer> => readFile(join(folder, "file"));
const download = (url: string, options = {}): Promise<void> =>
  downloadFile({ url }, join(folder, "file"), { ...quick, ...options });

test("a line that drops again and again is picked up where it dropped", async () => {
  const { url, requests } = await serve((request, response, count) => {
    answer(request, response, { until: 40_000 * (count + 1) });
  });
  await download(url, { md5: md5(content) });
  expect(content.equals(await got())).toBe(true);
  const starts = requests.map((request) => Number(/\d+/.exec(request.headers.range ?? "0")?.[0]));
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(new Set(starts).size).toBeGreaterThan(3);
  expect(await readdir(folder)).toEqual(["file"]);
});

test("a later call goes on from the part of an earlier one", async () => {
  const cancel = new AbortController();
  const { url, requests } = await serve((request, response, count) => {
    if (count > 0) return answer(request, response);
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
])("a server that %s is read from the start", async (_, change) => {
  const { url } = await serve((request, response, count) => {
    answer(request, response, count === 0 ? { until: 50_000 } : change);
  });
  await download(url, { md5: md5(content) });
  expect(content.equals(await got())).toBe(true);
});

test("a part without a validator, a complete part, a part longer than the file", async () => {
  const { url, requests } = await serve((request, response) => answer(request, response));
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
  const { url, requests } = await serve((request, response, count) => {
    if (count === 0) return; // never answers
    if (count === 1) response.writeHead(503).end();
    else if (count === 2) response.writeHead(429, { "retry-after": "0" }).end();
    else answer(request, response);
  });
  await download(url, { stallMs: 100 });
  expect(requests).toHaveLength(4);
});

test.each([
  { status: 500, headers: {}, message: /answers 500 after 6 attempts/, asked: 6 },
  { status: 404, headers: {}, message: /404\. The corpus has moved/, asked: 1 },
  { status: 403, headers: {}, message: /403/, asked: 1 },
  { status: 200, headers: { "content-type": "text/html" }, message: /a web page/, asked: 1 },
  { status: 302, headers: { location: "/" }, message: /redirects without end/, asked: 6 },
])(
  "an answer of $status with $headers is an error",
  async ({ status, headers, message, asked }) => {
    const { url, requests } = await serve((_, response) => {
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
  const { url } = await serve((request, response) => {
    response.setHeader("x-goog-hash", "crc32c=AAAAAA==, md5=AAAAAAAAAAAAAAAAAAAAAA==");
    answer(request, response);
  });
  for (const options of [{ md5: md5(Buffer.from("other")) }, {}]) {
    await expect(download(url, options)).rejects.toMatchObject({ code: "checksum-mismatch" });
    expect(await readdir(folder)).toEqual([]);
  }
});

test("a file that the disk has no room for is not begun, and progress ends once", async () => {
  const huge = await serve((_, response) => {
    response.writeHead(200, { "content-length": String(2 ** 52) }).write("x");
  });
  await expect(download(huge.url)).rejects.toMatchObject({ code: "disk-full" });
  const { url } = await serve((request, response) => answer(request, response));
  const reports: [number, number | undefined][] = [];
  const onProgress: ProgressListener = ({ done, total }) => reports.push([done, total]);
  await download(url, { onProgress });
  expect(reports.filter(([done, total]) => done === total)).toEqual([[1, 1]]);
});

interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly claimedSize?: number;
  readonly claimedCrc?: number;
}

/** A ZIP archive by APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. */
function zipOf(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data, claimedSize, claimedCrc } of entries) {
    const packed = deflateRawSync(data);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4); // deflate
    shared.writeUInt32LE(claimedCrc ?? crc32(data), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(claimedSize ?? data.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), shared, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\u0001\u0002\u0014\0"), shared, rest, Buffer.from(name));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

const name = "03-01-06-01-02-01-12.wav";
const archive = zipOf([
  { name: `audio_speech_actors_01-24/Actor_12/${name}`, data: Buffer.from("second copy") },
  { name: `Actor_12/${name}`, data: Buffer.from("first copy") },
  { name: "Actor_01/03-01-01-01-01-01-01.wav", data: Buffer.alloc(5000, 7) },
  { name: "Actor_01/03-02-01-01-01-01-01.wav", data: Buffer.from("song") },
  { name: "readme.txt", data: Buffer.from("text") },
]);

const ravdessOptions = (options: Partial<DownloadOptions>): DownloadOptions => ({
  from: "zenodo",
  env: {},
  ...quick,
  ...options,
});

/** Zenodo's record and file, the archive's published checksum being `checksum`. */
const zenodo = (checksum = md5(archive)): Promise<{ url: string; requests: IncomingMessage[] }> =>
  serve((request, response, count) => {
    if (request.url === "/api/records/1188976") {
      const self = `http://${request.headers.host}/content`;
      const key = "Audio_Speech_Actors_01-24.zip";
      const files = [{ key, size: archive.length, checksum: `md5:${checksum}`, links: { self } }];
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ files }));
    } else {
      answer(request, response, { body: archive, until: count < 2 ? 300 : Infinity });
    }
  });

test("RAVDESS from Zenodo: found, resumed, checked, unpacked without its second copies", async () => {
  const { url } = await zenodo();
  const out = join(folder, "data/ravdess");
  await downloadRavdess(out, ravdessOptions({ baseUrl: url }));
  expect(await readdir(join(folder, "data"))).toEqual(["ravdess"]);
  expect((await readCorpus(out)).clips.map((clip) => clip.path.slice(out.length))).toEqual([
    "/Actor_01/03-01-01-01-01-01-01.wav",
    `/Actor_12/${name}`,
  ]);
  expect(await readFile(join(out, "Actor_12", name), "utf8")).toBe("first copy");
  await expect(downloadRavdess(out, ravdessOptions({ baseUrl: url }))).rejects.toMatchObject({
    code: "usage",
  });
});

test("RAVDESS from Kaggle: the token goes to Kaggle and to no other host", async () => {
  const storage = await serve((request, response) => answer(request, response, { body: archive }));
  const kaggle = await serve((_, response) => {
    response.writeHead(302, { location: `${storage.url}/signed` }).end();
  });
  await writeFile(join(folder, "kaggle.json"), '\uFEFF{"username":"u","key":"k"}\n');
  await downloadRavdess(
    join(folder, "ravdess"),
    ravdessOptions({ from: "kaggle", baseUrl: kaggle.url, env: { KAGGLE_CONFIG_DIR: folder } }),
  );
  expect(kaggle.requests[0]!.url).toBe(
    "/api/v1/datasets/download/uwrfkaggler/ravdess-emotional-speech-audio",
  );
  expect(kaggle.requests[0]!.headers.authorization).toBe("Basic dTpr"); // u:k
  expect(storage.requests[0]!.headers.authorization).toBeUndefined();
});

test("a missing token, a broken one, one that Kaggle refuses", async () => {
  const { url } = await serve((_, response) => void response.writeHead(401).end());
  const attempt = (env: Record<string, string>): Promise<void> =>
    downloadRavdess(join(folder, "out"), ravdessOptions({ from: "kaggle", baseUrl: url, env }));
  const code = "credentials-missing";
  const here = { KAGGLE_CONFIG_DIR: folder };
  await expect(attempt(here)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(/There is no/),
  });
  await writeFile(join(folder, "kaggle.json"), '{"user');
  await expect(attempt(here)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(/is no Kaggle token/),
  });
  const named = { KAGGLE_USERNAME: "u", KAGGLE_KEY: "secret" };
  const refused = await attempt(named).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code,
    message: expect.stringMatching(/refuses the token \(401\)/),
  });
  expect(String(refused)).not.toContain("secret");
});

test("a record without the archive, and a wrong checksum", async () => {
  const empty = await serve((_, response) => void response.end('{"files":[]}'));
  const out = join(folder, "out");
  await expect(downloadRavdess(out, ravdessOptions({ baseUrl: empty.url }))).rejects.toMatchObject({
    code: "network-failed",
  });
  const { url } = await zenodo("0".repeat(32));
  await expect(downloadRavdess(out, ravdessOptions({ baseUrl: url }))).rejects.toMatchObject({
    code: "checksum-mismatch",
  });
  expect(await readdir(folder)).toEqual([]);
});

test("two at once: the second is refused; a lock whose process has ended is taken over", async () => {
  const { url } = await zenodo();
  const out = join(folder, "ravdess");
  const attempts = await Promise.allSettled([
    downloadRavdess(out, ravdessOptions({ baseUrl: url })),
    downloadRavdess(out, ravdessOptions({ baseUrl: url })),
  ]);
  expect(attempts.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(attempts.find((attempt) => attempt.status === "rejected")?.reason).toMatchObject({
    code: "busy",
  });
  const other = join(folder, "other");
  await writeFile(`${other}.lock`, `${2 ** 22 + 1} ${hostname()}`);
  await downloadRavdess(other, ravdessOptions({ baseUrl: url }));
  expect((await readdir(folder)).toSorted()).toEqual(["other", "ravdess"]);
});

test.each([
  ["a path outside", { name: "../evil.wav", data: Buffer.from("x") }, /invalid relative path/],
  ["an absolute path", { name: "/evil.wav", data: Buffer.from("x") }, /absolute path/],
  [
    "more than it claims",
    { name: "a.wav", data: Buffer.alloc(9000), claimedSize: 10 },
    /too many bytes/,
  ],
  [
    "an absurd claim",
    { name: "a.wav", data: Buffer.from("x"), claimedSize: 4e9 },
    /absurdly large/,
  ],
  ["a wrong CRC", { name: "a.wav", data: Buffer.from("x"), claimedCrc: 1 }, /wrong CRC/],
])("an archive with %s is refused", async (_, entry, message) => {
  await writeFile(join(folder, "x.zip"), zipOf([entry]));
  await expect(
    unzip(join(folder, "x.zip"), join(folder, "out"), { placeOf: (path) => path }),
  ).rejects.toMatchObject({ code: "dataset-invalid", message: expect.stringMatching(message) });
  expect(await readdir(folder)).not.toContain("evil.wav");
});

test("what is no archive, or half of one, is refused", async () => {
  for (const bytes of [Buffer.from("no archive"), archive.subarray(0, archive.length - 30)]) {
    await writeFile(join(folder, "x.zip"), bytes);
    await expect(
      unzip(join(folder, "x.zip"), join(folder, "out"), { placeOf: (path) => path }),
    ).rejects.toMatchObject({ code: "dataset-invalid" });
  }
});
