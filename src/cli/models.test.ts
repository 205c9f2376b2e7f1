import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { printed } from "../../test/support/printed.ts";
import { catalog, modelNames } from "../downloads/catalog.ts";
import { listCommand } from "./models-list.ts";
import { pullCommand } from "./models-pull.ts";
import { removeCommand } from "./models-remove.ts";
import { verifyCommand } from "./models-verify.ts";

let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "models-"));
  vi.stubEnv("UNDERTONE_CACHE", cache);
  vi.stubEnv("UNDERTONE_MODELS", "");
  vi.stubEnv("UNDERTONE_OFFLINE", "1"); // no test here may reach for the net
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true, force: true });
});

/** A file in the place of one of the catalog's, which it is not. */
async function putSomethingElse(
  root: string,
  name: "silero-vad" | "moonshine-tiny",
): Promise<void> {
  const path = join(root, name, Object.values(catalog[name].files)[0]!.path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "something else");
}

const list = async (): Promise<{ models: { name: string; state: string }[] }> =>
  JSON.parse(await printed(() => listCommand.parseAsync(["--json"], { from: "user" })));

test("every entry of the catalog is pinned and can be had in two ways", () => {
  for (const entry of Object.values(catalog)) {
    expect(entry.sources.length).toBeGreaterThan(1);
    for (const { path, size, sha256 } of Object.values(entry.files)) {
      expect(path).toMatch(/^([\w-]+\/)*[\w-]+\.(onnx|json)$/);
      expect(size).toBeGreaterThan(100);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  }
});

test("the documentation has the catalog's table", async () => {
  const text = await readFile(
    resolve(import.meta.dirname, "../../docs/reference/models.md"),
    "utf8",
  );
  const rows = [...text.matchAll(/^\| `([\w-]+)` *\|(.*)\|$/gm)].map(([, name, cells = ""]) => [
    name,
    ...cells.split("|").map((cell) => cell.trim()),
  ]);
  const expected = Object.entries(catalog).map(([name, entry]) => {
    const bytes = Object.values(entry.files).reduce((sum, { size }) => sum + size, 0);
    return [name, (bytes / 1e6).toFixed(1), entry.purpose, entry.publisher, entry.license];
  });
  expect(rows).toEqual(expected);
});

test("list says what is here, for people and as JSON", async () => {
  await putSomethingElse(join(cache, "models"), "silero-vad");
  const { models } = await list();
  expect(models.map(({ name }) => name)).toEqual(modelNames);
  expect(models.find(({ name }) => name === "silero-vad")).toEqual({
    name: "silero-vad",
    purpose: "voice activity: where someone speaks; version 5",
    publisher: "Silero Team",
    license: "MIT",
    sizeBytes: 2_327_524,
    state: "part",
    folder: join(cache, "models/silero-vad"),
    files: Object.values(catalog["silero-vad"].files),
    sources: ["npm @ricky0123/vad-web@0.0.31", "github snakers4/silero-vad"],
  });
  expect(models.filter(({ state }) => state === "absent")).toHaveLength(modelNames.length - 1);
  const text = await printed(() => listCommand.parseAsync([], { from: "user" }));
  expect(text).toMatch(/^silero-vad +voice activity.* 2\.3 +MIT +in part$/m);
  expect(text).toMatch(/^moonshine-base .* 63\.0 +MIT +no$/m);
});

test("verify names what is missing and what is damaged; remove deletes it", async () => {
  await putSomethingElse(join(cache, "models"), "moonshine-tiny");
  let failure: unknown;
  const text = await printed(() =>
    verifyCommand.parseAsync([], { from: "user" }).catch((error: unknown) => {
      failure = error;
    }),
  );
  expect(text).toBe(
    "moonshine-tiny: decoder_model_merged.onnx is missing\n" +
      "moonshine-tiny: encoder_model.onnx is damaged\n",
  );
  expect(failure).toMatchObject({
    code: "checksum-mismatch",
    message: expect.stringMatching(/undertone models pull moonshine-tiny$/),
  });
  const rawArgs = ["moonshine-tiny", "silero-vad"];
  expect(await printed(() => removeCommand.parseAsync(rawArgs, { from: "user" }))).toMatch(
    /^Deleted .*moonshine-tiny\nsilero-vad was not downloaded\n$/,
  );
  expect(await readdir(join(cache, "models"))).toEqual([]);
  expect(await printed(() => verifyCommand.parseAsync([], { from: "user" }))).toMatch(/^No models/);
});

test("pull, offline by the environment, takes no wrong file from a person's folder", async () => {
  const stick = join(cache, "stick");
  await putSomethingElse(stick, "silero-vad");
  const rawArgs = ["silero-vad", "--from", stick];
  await expect(pullCommand.parseAsync(rawArgs, { from: "user" })).rejects.toMatchObject({
    code: "file-not-found",
    message: expect.stringMatching(
      /silero_vad_v5\.onnx not in .*\n.*differs from the published file/,
    ),
  });
  expect((await list()).models.every(({ state }) => state === "absent")).toBe(true);
});

test("a name that no model has", async () => {
  const rawArgs = ["moonshine-tny"];
  for (const attempt of [
    () => pullCommand.parseAsync(rawArgs, { from: "user" }),
    () => removeCommand.parseAsync(rawArgs, { from: "user" }),
    () => verifyCommand.parseAsync(rawArgs, { from: "user" }),
  ]) {
    await expect(attempt()).rejects.toMatchObject({
      code: "usage",
      message: expect.stringMatching(/Did you mean moonshine-tiny\?/),
    });
  }
});
