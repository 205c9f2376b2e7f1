import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { catalog } from "../downloads/catalog.ts";
import { openEncoder } from "./open-encoder.node.ts";

const name = "moonshine-tiny";
let cacheFolder = "";

beforeAll(async () => {
  vi.stubEnv("UNDERTONE_MODELS", undefined);
  cacheFolder = await mkdtemp(join(tmpdir(), "undertone-encoder-"));
});
afterAll(() => rm(cacheFolder, { recursive: true, force: true }));

const opening = () => openEncoder({ name, layers: [0] }, { cacheFolder, offline: true });

test("an encoder that is not in the store is named, with the command that gets it", async () => {
  await expect(opening()).rejects.toMatchObject({
    code: "file-not-found",
    message: expect.stringContaining(`undertone models pull ${name}`),
  });
});

test("an encoder that was damaged in the store is named, with the command that gets it again", async () => {
  const files = Object.values(catalog[name].files);
  for (const { path, size } of files) {
    const place = join(cacheFolder, "models", name, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, "");
    await truncate(place, size); // zeros, which take no room
  }
  const note = Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]));
  await writeFile(join(cacheFolder, "models", name, "verified.json"), JSON.stringify(note));
  await expect(opening()).rejects.toMatchObject({
    code: "file-not-found",
    message: expect.stringMatching(/^moonshine-tiny: .*undertone models pull moonshine-tiny$/),
  });
});
