import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { toFloat16 } from "../shared/float16.ts";
import { contentHash, FeatureCache } from "./feature-cache.ts";

let folder: string;
let cache: FeatureCache;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-cache-"));
  cache = await FeatureCache.open(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const key = { content: "abc", parameters: { nMels: 2 }, length: 3 };
const features = Float32Array.of(1, -0.1, 3e-40);

/** Computes `features`, counting how often. */
function counted() {
  const counter = { calls: 0 };
  const compute = async (): Promise<Float32Array> => {
    counter.calls++;
    return features.slice();
  };
  return { counter, compute };
}

async function files(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test("what was computed once is read, bit for bit, also by another process's cache", async () => {
  const { counter, compute } = counted();
  expect(await cache.floats(key, compute)).toEqual(features);
  expect(await cache.floats(key, compute)).toEqual(features);
  expect(await (await FeatureCache.open(folder)).floats(key, compute)).toEqual(features);
  expect(counter.calls).toBe(1);
});

test("another content, parameter or length is another entry", async () => {
  const { counter, compute } = counted();
  await cache.floats(key, compute);
  await cache.floats({ ...key, content: "abd" }, compute);
  await cache.floats({ ...key, parameters: { nMels: 3 } }, compute);
  await cache.floats({ ...key, parameters: { nMels: 2, copy: 0 } }, compute);
  expect(counter.calls).toBe(4);
  expect(await files()).toHaveLength(4);
});

test("a torn or empty file is computed anew and mended", async () => {
  const { counter, compute } = counted();
  await cache.floats(key, compute);
  const [path] = await files();
  const whole = await readFile(path!);
  for (const torn of [whole.subarray(0, 5), new Uint8Array(), Buffer.concat([whole, whole])]) {
    await writeFile(path!, torn);
    expect(await cache.floats(key, compute)).toEqual(features);
    expect(await readFile(path!)).toEqual(whole);
  }
  expect(counter.calls).toBe(4);
});

test("two writers at once leave one whole file and nothing beside it", async () => {
  const { compute } = counted();
  const other = await FeatureCache.open(folder);
  const both = [cache, other, cache, other].map((writer) => writer.floats(key, compute));
  expect(await Promise.all(both)).toEqual([features, features, features, features]);
  const written = await files();
  expect(written).toHaveLength(1);
  expect((await readFile(written[0]!)).length).toBe(12);
});

test("rows of one clip are kept as float16, however many, and torn ones computed anew", async () => {
  const { counter, compute } = counted();
  const rows = () => cache.storeOf("abc").rows({}, 3, compute);
  const float16 = toFloat16(features);
  expect(await rows()).toEqual(float16);
  expect(await rows()).toEqual(float16);
  expect(counter.calls).toBe(1);
  const [path] = await files();
  for (const torn of [new Uint8Array(4), new Uint8Array()]) {
    await writeFile(path!, torn);
    expect(await rows()).toEqual(float16);
  }
  expect(counter.calls).toBe(3);
});

test("the store of a changed clip has entries of its own", async () => {
  const { counter, compute } = counted();
  const stores = [cache.storeOf("abc"), cache.storeOf("abc", { copy: 0 }), cache.storeOf("abd")];
  for (const store of [...stores, ...stores]) {
    expect(await store.floats({ nMels: 2 }, 3, compute)).toEqual(features);
  }
  expect(counter.calls).toBe(3);
  expect(await cache.floats(key, compute)).toEqual(features);
  expect(counter.calls).toBe(3);
});

test("an entry that cannot be computed is not kept", async () => {
  const failing = cache.floats(key, async () => {
    throw new Error("no sound");
  });
  await expect(failing).rejects.toThrow("no sound");
  expect(await files()).toEqual([]);
});

test("a folder that cannot be is refused before anything is computed", async () => {
  await writeFile(join(folder, "file"), "");
  await expect(FeatureCache.open(join(folder, "file", "cache"))).rejects.toMatchObject({
    name: "UndertoneError",
  });
});

test("the hash of nothing is SHA-256's", () => {
  expect(contentHash(new Uint8Array())).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
});
