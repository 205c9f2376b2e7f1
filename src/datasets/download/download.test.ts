import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answer, type WebServer, WebServers } from "../../../test/support/web-server.ts";
import { thisOwner } from "../../shared/lock-owner.node.ts";
import { readCorpus } from "../read-corpus.ts";
import { corpusDownloads } from "./catalog.ts";
import { downloadCorpus, type DownloadOptions, sourcesOf } from "./download-corpus.ts";
import { unzip } from "./unzip.ts";

let folder: string;
const servers = new WebServers();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "download-"));
});
afterEach(async () => {
  servers.close();
  await rm(folder, { recursive: true, force: true });
});

const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");
const quick = { retryDelayMs: 1, stallMs: 2000 };

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

const downloadRavdess = (out: string, options: DownloadOptions): Promise<void> =>
  downloadCorpus("ravdess", out, options);

/** Zenodo's record and file, the archive's published checksum being `checksum`. */
const zenodo = (checksum = md5(archive)): Promise<WebServer> =>
  servers.serve((request, response, count) => {
    if (request.url === "/api/records/1188976") {
      const self = `http://${request.headers.host}/content`;
      const key = "Audio_Speech_Actors_01-24.zip";
      const files = [{ key, size: archive.length, checksum: `md5:${checksum}`, links: { self } }];
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ files }));
    } else {
      answer(response, archive, { until: count < 2 ? 300 : Infinity });
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
  const storage = await servers.serve((_, response) => answer(response, archive));
  const kaggle = await servers.serve((_, response) => {
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
  const { url } = await servers.serve((_, response) => void response.writeHead(401).end());
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
    message: expect.stringMatching(/rejected the token \(401\)/),
  });
  expect(String(refused)).not.toContain("secret");
});

test("a record without the archive, and a wrong checksum", async () => {
  const empty = await servers.serve((_, response) => void response.end('{"files":[]}'));
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
  await writeFile(`${other}.lock`, JSON.stringify({ ...(await thisOwner()), pid: 2 ** 22 + 1 }));
  await downloadRavdess(other, ravdessOptions({ baseUrl: url }));
  expect((await readdir(folder)).toSorted()).toEqual(["other", "ravdess"]);
});

test("corpora on GitHub: files that are no archives stay as they are, hidden ones are not unpacked", async () => {
  const studio = zipOf([
    { name: "studio001/con/s001_con_actor001_impro1_1.flac", data: Buffer.from("sound") },
    { name: "__MACOSX/studio001/con/._s001_con_actor001_impro1_1.flac", data: Buffer.from("x") },
    { name: "studio001/thumbs.db", data: Buffer.from("x") },
  ]);
  const labels = { "s001_con_actor001_impro1_1.flac": [{ majority_emo: "Angry" }] };
  const { url, requests } = await servers.serve((request, response) => {
    if (request.url?.endsWith("emotion_label.json") === true) response.end(JSON.stringify(labels));
    else if (request.url?.endsWith(".json") === true) response.end('{"data":[]}');
    else if (request.url?.endsWith("/studio1-10.zip") === true) answer(response, studio);
    else answer(response, zipOf([]));
  });
  const out = join(folder, "thai-ser");
  await downloadCorpus("thai-ser", out, { env: {}, baseUrl: url, ...quick });
  expect(requests[0]!.url).toBe(
    "/vistec-AI/dataset-releases/releases/download/v1/emotion_label.json",
  );
  expect((await readdir(out)).toSorted()).toEqual([
    "actor_demography.json",
    "emotion_label.json",
    "studio001",
  ]);
  expect((await readCorpus(out)).clips).toMatchObject([{ emotion: "angry", speakerId: "001" }]);
  expect(await readdir(folder)).toEqual(["thai-ser"]);
});

test("a size other than the record's is no download of it", async () => {
  const { url } = await servers.serve((request, response) => {
    if (request.url !== "/api/records/7447302") return answer(response, archive);
    const self = `http://${request.headers.host}/content`;
    const file = { key: "emodb.zip", size: 7, checksum: `md5:${md5(archive)}`, links: { self } };
    response.end(JSON.stringify({ files: [file] }));
  });
  const attempt = downloadCorpus("emodb", join(folder, "emodb"), {
    env: {},
    baseUrl: url,
    ...quick,
  });
  await expect(attempt).rejects.toMatchObject({ code: "checksum-mismatch" });
  expect(await readdir(folder)).toEqual([]);
});

test("every corpus of the catalog has a source; what has none is refused", async () => {
  for (const corpus of Object.keys(corpusDownloads)) expect(sourcesOf(corpus)).not.toEqual([]);
  expect(sourcesOf("tess")).toEqual([]);
  for (const [corpus, from] of [
    ["tess", undefined],
    ["emodb", "kaggle"],
    ["toString", undefined],
  ] as const) {
    await expect(
      downloadCorpus(corpus, join(folder, "x"), { from, env: {} }),
    ).rejects.toMatchObject({ code: "usage" });
  }
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
