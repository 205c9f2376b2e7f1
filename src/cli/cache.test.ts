import { spawnSync } from "node:child_process";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { printed } from "../../test/support/printed.ts";
import { thisOwner } from "../shared/lock-owner.node.ts";
import { clearCommand } from "./cache-clear.ts";
import { listCommand } from "./cache-list.ts";

let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "cache-"));
  vi.stubEnv("UNDERTONE_CACHE", cache);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true, force: true });
});

const hash = (digit: string): string => digit.repeat(64);
const dayMs = 86_400_000;

async function put(path: string, { bytes = 1000, daysOld = 0 } = {}): Promise<string> {
  const file = join(cache, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, new Uint8Array(bytes));
  const written = new Date(Date.now() - daysOld * dayMs);
  await utimes(file, written, written);
  return file;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

const list = async (): Promise<unknown> =>
  JSON.parse(await printed(() => listCommand.parseAsync(["--json"], { from: "user" })));
const clear = async (...args: string[]): Promise<{ cleared: unknown[] }> =>
  JSON.parse(await printed(() => clearCommand.parseAsync([...args, "--json"], { from: "user" })));

test("the list has files and bytes of each kind, none where there is no folder", async () => {
  expect(await list()).toEqual({
    folder: cache,
    kinds: ["models", "features", "transcripts"].map((kind) => ({ kind, files: 0, sizeBytes: 0 })),
  });
  await put("models/silero-vad/model.onnx");
  await put("transformers/openai/whisper/config.json", { bytes: 10 });
  await put(`features/aa/${hash("a")}.f32`, { bytes: 20 });
  await put(`transcripts/bb/${hash("b")}.json`, { bytes: 30 });
  expect(await list()).toMatchObject({
    kinds: [
      { kind: "models", files: 2, sizeBytes: 1010 },
      { kind: "features", files: 1, sizeBytes: 20 },
      { kind: "transcripts", files: 1, sizeBytes: 30 },
    ],
  });
  expect(await printed(() => listCommand.parseAsync([], { from: "user" }))).toMatch(
    /transcripts +1 +0\.0\n/,
  );
});

test("one kind is cleared, and the others stay", async () => {
  const transcript = await put(`transcripts/bb/${hash("b")}.json`);
  const features = await put(`features/aa/${hash("a")}.f16`);
  expect(await clear("transcripts")).toEqual({
    folder: cache,
    cleared: [{ kind: "transcripts", files: 1, sizeBytes: 1000, left: [] }],
  });
  expect([await exists(transcript), await exists(features)]).toEqual([false, true]);
});

test("what is newer than asked for stays, a model by its newest file", async () => {
  const old = await put(`features/aa/${hash("a")}.f32`, { daysOld: 31 });
  const recent = await put(`features/aa/${hash("c")}.f32`, { daysOld: 29 });
  await put("models/silero-vad/model.onnx", { daysOld: 31 });
  await put("models/moonshine-tiny/encoder.onnx", { daysOld: 31 });
  const verified = await put("models/moonshine-tiny/verified.json", { daysOld: 1 });
  const text = await printed(() =>
    clearCommand.parseAsync(["--older-than", "30d"], { from: "user" }),
  );
  expect(text).toBe(
    "models: deleted 1 file, 0.0 MB\nfeatures: deleted 1 file, 0.0 MB\ntranscripts: deleted 0 files, 0.0 MB\n",
  );
  expect(await Promise.all([old, recent, verified].map(exists))).toEqual([false, true, true]);
  expect(await readdir(join(cache, "models"))).toEqual(["moonshine-tiny"]);
});

test.each([["--older-than", "30"], ["--older-than", "1.5d"], ["words"]])(
  "%s %s is refused",
  async (...args) => {
    await expect(clear(...args.filter(Boolean))).rejects.toMatchObject({ code: "usage" });
  },
);

test("what undertone did not name stays, and what a running process is writing", async () => {
  const kept = await Promise.all([
    put("features/notes.txt"),
    put("features/aa/notes.f32"),
    put("models/my-model/model.onnx"),
    put(`features/aa/${hash("a")}.f32.123-0123abcd.tmp`),
    put("elsewhere/precious.json"),
  ]);
  const leftOver = await put(`features/aa/${hash("a")}.f32.123-0123abce.tmp`, { daysOld: 1 });
  await clear();
  expect(await Promise.all(kept.map(exists))).toEqual(kept.map(() => true));
  expect(await exists(leftOver)).toBe(false);
});

test("links lead nowhere: neither a folder's nor a file's target is touched", async () => {
  const outside = await mkdtemp(join(tmpdir(), "outside-"));
  const precious = join(outside, "aa", `${hash("a")}.f32`);
  await mkdir(dirname(precious));
  await writeFile(precious, "precious");
  await symlink(outside, join(cache, "features"));
  await mkdir(join(cache, "transcripts"));
  await symlink(join(outside, "aa"), join(cache, "transcripts", "aa"));
  await mkdir(join(cache, "models"));
  await symlink(outside, join(cache, "models", "silero-vad"));
  expect(await clear()).toMatchObject({
    cleared: [{ files: 0 }, { files: 0, left: [expect.stringMatching(/is a link/)] }, { files: 0 }],
  });
  expect(await exists(precious)).toBe(true);
  await rm(outside, { recursive: true });
});

test("a model that another process downloads stays, and that is said", async () => {
  const model = await put("models/silero-vad/model.onnx");
  const owner = await thisOwner();
  await writeFile(join(cache, "models/silero-vad.lock"), JSON.stringify(owner));
  expect(await clear("models")).toMatchObject({
    cleared: [{ files: 0, left: [expect.stringMatching(/silero-vad\.lock/)] }],
  });
  expect(await exists(model)).toBe(true);
  const { pid } = spawnSync(process.execPath, ["--version"]);
  await writeFile(join(cache, "models/silero-vad.lock"), JSON.stringify({ ...owner, pid }));
  expect(await clear("models")).toMatchObject({ cleared: [{ files: 1, left: [] }] });
});

test.each(["", "features"])("a file in place of the folder %j is an error", async (name) => {
  const file = join(cache, name);
  await rm(file, { recursive: true, force: true });
  await writeFile(file, "");
  for (const ask of [list, clear]) {
    await expect(ask()).rejects.toMatchObject({
      code: "file-unreadable",
      message: expect.stringContaining(`${file}: is a file`),
    });
  }
  expect(await exists(file)).toBe(true);
});

test.skipIf(process.getuid?.() === 0)("a folder that cannot be read is an error", async () => {
  await put(`features/aa/${hash("a")}.f32`);
  await chmod(join(cache, "features"), 0);
  await expect(list()).rejects.toMatchObject({ code: "file-unreadable" });
  await chmod(join(cache, "features"), 0o700);
});
