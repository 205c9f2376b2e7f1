import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { answer, type Handler, WebServers } from "../../test/support/web-server.ts";
import type { Progress } from "../shared/logger.ts";
import type { ModelEntry } from "./catalog.ts";
import { ModelFolder } from "./model-folder.ts";
import { type ProvideOptions, provideModel } from "./provide-model.ts";
import type { PinnedFile } from "../shared/published-files.ts";
import { hub } from "./web-source.ts";

let folder: string;
const servers = new WebServers();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "models-"));
});
afterEach(async () => {
  servers.close();
  await rm(folder, { recursive: true, force: true });
});

const encoder = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 7919) % 251));
const decoder = Buffer.from("a decoder");

const pinned = (path: string, bytes: Buffer): PinnedFile => ({
  path,
  size: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});

const files = {
  encoder: pinned("onnx/encoder.onnx", encoder),
  decoder: pinned("decoder", decoder),
};

const entryOf = (...repositories: readonly string[]): ModelEntry => ({
  purpose: "a test",
  publisher: "we",
  license: "MIT",
  files,
  sources: repositories.map((repository) => hub(repository, "main", (path) => path)),
});

/** Answers as the hub for the repository `we/good`, and by `otherwise` for others. */
const hubServer =
  (otherwise: Handler): Handler =>
  (request, response, count) => {
    if (request.url === "/we/good/resolve/main/onnx/encoder.onnx") answer(response, encoder);
    else if (request.url === "/we/good/resolve/main/decoder") answer(response, decoder);
    else otherwise(request, response, count);
  };

const notFound: Handler = (_, response) => void response.writeHead(404).end();

interface Providing extends Partial<ProvideOptions> {
  readonly from?: readonly string[];
}

const provide = (
  url: string,
  { from = ["we/good"], ...options }: Providing = {},
): Promise<string> =>
  provideModel("small", entryOf(...from), {
    modelsFolder: join(folder, "models"),
    offline: false,
    env: { HF_ENDPOINT: `${url}/` },
    retryDelayMs: 1,
    ...options,
  });

const encoderPath = (): string => join(folder, "models/small/onnx/encoder.onnx");

test("a model is fetched once, verified, and nothing else is left", async () => {
  const { url, requests } = await servers.serve(hubServer(notFound));
  expect(await provide(url)).toBe(join(folder, "models/small"));
  expect(await readdir(join(folder, "models"))).toEqual(["small"]);
  expect(encoder.equals(await readFile(encoderPath()))).toBe(true);
  await provide(url);
  expect(requests).toHaveLength(2);
});

test.each<[string, Handler]>([
  ["answers 500", (_, response) => void response.writeHead(500).end()],
  ["answers 429", (_, response) => void response.writeHead(429, { "retry-after": "0" }).end()],
  ["answers 404", notFound],
  [
    "shows a page to log in",
    (_, response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
  ],
  ["has another file of the length", (_, response) => answer(response, Buffer.alloc(200_000))],
  ["has half of it", (_, response) => answer(response, encoder.subarray(0, 100_000))],
])("when a source %s, the next one is asked", async (_case, bad) => {
  const { url } = await servers.serve(hubServer(bad));
  await provide(url, { from: ["we/bad", "we/good"] });
  expect(await readdir(join(folder, "models"))).toEqual(["small"]);
});

test("a source without a response is abandoned for the next one", async () => {
  const { url } = await servers.serve(hubServer(() => undefined));
  await provide(url, { from: ["we/bad", "we/good"], stallMs: 500 });
  expect(await readdir(join(folder, "models"))).toEqual(["small"]);
});

test("without any network the error names each source and the command", async () => {
  await expect(
    provide("http://127.0.0.1:1", { from: ["we/good", "we/too"] }),
  ).rejects.toMatchObject({
    code: "network-failed",
    message: expect.stringMatching(
      /^small .*onnx\/encoder\.onnx, decoder\D+\n {2}hub we\/good: 127\.0\.0\.1:1 cannot be reached.*\n {2}hub we\/too: .*\n.*undertone models pull small$/,
    ),
  });
  expect(await readdir(join(folder, "models"))).toEqual([]);
});

test("when every source has something else, nothing of it is kept", async () => {
  const { url } = await servers.serve((_, response) => answer(response, Buffer.alloc(200_000)));
  await expect(provide(url)).rejects.toMatchObject({ code: "checksum-mismatch" });
  expect(await readdir(join(folder, "models"))).toEqual([]);
});

test("a disk without room ends it, also where another source is left", async () => {
  const size = 2 ** 52;
  const { url, requests } = await servers.serve((_, response) => {
    response.writeHead(200, { "content-length": String(size) }).write("x");
  });
  const entry = entryOf("we/good", "we/too");
  const huge = { ...entry, files: { encoder: { ...files.encoder, size } } };
  const options = { modelsFolder: folder, offline: false, env: { HF_ENDPOINT: url } };
  await expect(provideModel("huge", huge, options)).rejects.toMatchObject({ code: "disk-full" });
  expect(requests).toHaveLength(1);
});

test("offline: what is here is used, what is not is named with the command to get it", async () => {
  const { url, requests } = await servers.serve(hubServer(notFound));
  await expect(provide(url, { offline: true })).rejects.toMatchObject({
    code: "file-not-found",
    message: expect.stringMatching(
      /onnx\/encoder\.onnx, decoder not in .*models\/small.*offline.*undertone models pull small/,
    ),
  });
  expect(requests).toHaveLength(0);
  await provide(url);
  await provide(url, { offline: true });
  expect(requests).toHaveLength(2);
});

test("a person's own folder of models is enough offline, unless a file there is another", async () => {
  const localFolder = join(folder, "stick");
  const offline = { offline: true, localFolder };
  await expect(provide("", offline)).rejects.toMatchObject({
    code: "file-not-found",
    message: expect.stringMatching(/stick: no such folder/),
  });
  await mkdir(join(localFolder, "small/onnx"), { recursive: true });
  await writeFile(join(localFolder, "small/onnx/encoder.onnx"), encoder);
  await writeFile(join(localFolder, "small/decoder"), "another");
  await expect(provide("", offline)).rejects.toMatchObject({
    code: "file-not-found",
    message: expect.stringMatching(/: decoder not in .*\n.*stick\/small: its decoder differs/),
  });
  await writeFile(join(localFolder, "small/decoder"), decoder);
  await provide("", offline);
  expect(encoder.equals(await readFile(encoderPath()))).toBe(true);
  expect((await stat(join(localFolder, "small/decoder"))).size).toBe(decoder.length);
});

test("a file that was changed on disk is found by verification and fetched again", async () => {
  const { url, requests } = await servers.serve(hubServer(notFound));
  const path = await provide(url);
  await writeFile(encoderPath(), Buffer.alloc(encoder.length));
  const stored = new ModelFolder(path, Object.values(files));
  expect(await stored.isComplete()).toBe(true); // nobody has looked yet
  expect(await stored.verify()).toEqual({ missing: [], damaged: [files.encoder] });
  await provide(url);
  expect(await stored.verify()).toEqual({ missing: [], damaged: [] });
  expect(requests.map((request) => request.url?.split("/").at(-1))).toEqual([
    "encoder.onnx",
    "decoder",
    "encoder.onnx",
  ]);
});

/** Another process that does what `provide` does. Its standard output has a line for each report of progress. */
const provideElsewhere = (url: string): ReturnType<typeof spawn> => {
  const code = `
    import { provideModel } from ${JSON.stringify(import.meta.resolve("./provide-model.ts"))};
    import { hub } from ${JSON.stringify(import.meta.resolve("./web-source.ts"))};
    const { entry, ...options } = JSON.parse(process.env.REQUEST);
    entry.sources = [hub("we/good", "main", (path) => path)];
    const onProgress = ({ label }) => console.log(label);
    await provideModel("small", entry, { ...options, onProgress });`;
  const modelsFolder = join(folder, "models");
  const request = { entry: entryOf(), modelsFolder, offline: false, env: { HF_ENDPOINT: url } };
  const loader = createRequire(import.meta.url).resolve("tsx");
  return spawn(process.execPath, ["--import", loader, "--input-type=module", "--eval", code], {
    env: { ...process.env, REQUEST: JSON.stringify(request) },
    stdio: ["ignore", "pipe", "inherit"],
  });
};

test("the download of a killed process is resumed", async () => {
  const { url, requests } = await servers.serve((request, response, count) => {
    if (count > 0) return hubServer(notFound)(request, response, count);
    response.writeHead(200, { etag: '"v1"', "content-length": encoder.length });
    response.write(encoder.subarray(0, 100_000)); // and then nothing
    return undefined;
  });
  const other = provideElsewhere(url);
  await once(other.stdout!, "data");
  other.kill("SIGKILL");
  await once(other, "close");
  expect((await readdir(join(folder, "models"))).toSorted()).toEqual([
    "small.incoming",
    "small.lock",
  ]);
  await provide(url);
  expect(await readdir(join(folder, "models"))).toEqual(["small"]);
  expect(requests[1]!.headers.range).toMatch(/^bytes=[1-9]\d+-$/);
});

test("a file that a killed process downloaded completely is not downloaded again", async () => {
  const { url, requests } = await servers.serve((request, response, count) => {
    if (count === 1) return; // the second file never comes
    hubServer(notFound)(request, response, count);
  });
  const other = provideElsewhere(url);
  await vi.waitFor(() => expect(requests).toHaveLength(2), 30_000);
  other.kill("SIGKILL");
  await once(other, "close");
  await provide(url);
  expect(requests.map((request) => request.url?.split("/").at(-1))).toEqual([
    "encoder.onnx",
    "decoder",
    "decoder",
  ]);
});

test("of two concurrent processes one downloads, the other waits and reports it", async () => {
  const theirs = new EventEmitter();
  const { url, requests } = await servers.serve(async (request, response, count) => {
    if (count === 0) await once(theirs, "waits");
    hubServer(notFound)(request, response, count);
  });
  const ours = provide(url);
  const other = provideElsewhere(url);
  const printed = text(other.stdout!);
  other.stdout!.once("data", () => theirs.emit("waits"));
  await ours;
  await once(other, "close");
  expect(other.exitCode).toBe(0);
  expect(new Set((await printed).trim().split("\n"))).toEqual(
    new Set(["Waiting for another process to download small"]),
  );
  expect(requests).toHaveLength(2);
});

test("waiting for another process can be cancelled", async () => {
  const { url } = await servers.serve(() => undefined);
  const cancel = new AbortController();
  const reports: Progress[] = [];
  // Either may be the one that comes second and waits.
  const both = [1, 2].map(() =>
    provide(url, {
      signal: cancel.signal,
      onProgress: (progress) => {
        reports.push(progress);
        cancel.abort();
      },
    }),
  );
  const results = await Promise.allSettled(both);
  expect(results).toMatchObject([
    { reason: { code: "cancelled" } },
    { reason: { code: "cancelled" } },
  ]);
  expect(reports.map(({ label }) => label)).toEqual([
    "Waiting for another process to download small",
  ]);
});
