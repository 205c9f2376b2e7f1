import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assertNewFile, assertWritableFile } from "./out-file.ts";
import { openTranscriptOutput } from "./transcribe-output.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-out-"));
  await writeFile(join(folder, "file"), "");
  await mkdir(join(folder, "page.html"));
});
afterAll(() => rm(folder, { recursive: true }));

test("what cannot be written is found before the work", async () => {
  for (const path of ["file/page.html", "page.html"]) {
    await expect(assertWritableFile(join(folder, path))).rejects.toMatchObject({
      code: expect.stringMatching(/^file-/),
    });
  }
  await expect(assertNewFile(join(folder, "file"))).rejects.toMatchObject({ code: "usage" });
  await assertWritableFile(join(folder, "new/page.html"));
  await assertWritableFile(undefined);
  expect(await readdir(join(folder, "new"))).toEqual([]);
});

test("transcripts of any names are files of their own on every system", async () => {
  const calls = join(folder, "calls");
  const files = ["a.wav", "A.mp3", "a.flac", "con.wav", "monday./b.wav", "b:1.wav", "b_1.wav"];
  const out = join(folder, "texts");
  const given = { out, format: "text", cache: false, channels: "auto" } as const;
  const output = await openTranscriptOutput(given, { named: [calls], count: files.length });
  for (const file of files) {
    const transcript = { transcriber: "none", durationSec: 1, utterances: [], warnings: [] };
    expect(await output.file({ file: join(calls, file), ...transcript })).toBeUndefined();
  }
  await output.end();
  const written = (await readdir(out, { recursive: true })).toSorted();
  expect(written).toEqual(
    [
      "A.mp3.txt",
      "_con.txt",
      "a.flac.txt",
      "a.txt",
      "b_1.txt",
      "b_1.wav.txt",
      "monday_",
      join("monday_", "b.txt"),
    ].toSorted(),
  );
});
