import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { listAudioFiles } from "../datasets/corpus-files.ts";
import { describeIgnored, findAudioFiles } from "./find-audio.node.ts";

// For an administrator there is no folder that cannot be read.
vi.mock(import("node:fs/promises"), async (load) => {
  const whole = await load();
  const readdir = async (...given: Parameters<typeof whole.readdir>) => {
    if (basename(String(given[0])) !== "locked") return whole.readdir(...given);
    throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it passes on whatever it is called with
  return { ...whole, readdir: readdir as typeof whole.readdir };
});

test("a folder within a folder that cannot be read is told", async () => {
  const folder = await mkdtemp(join(tmpdir(), "undertone-find-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "locked"));
  await writeFile(join(folder, "a.wav"), "");
  const unreadable = { code: "file-unreadable", message: expect.stringContaining("locked") };
  const { files } = await findAudioFiles([folder]);
  expect(files).toMatchObject([
    { file: join(folder, "a.wav") },
    { file: join(folder, "locked"), error: unreadable },
  ]);
  await expect(listAudioFiles(folder)).rejects.toMatchObject(unreadable);
});

// Other systems do not let such a file come into being.
test.runIf(process.platform === "linux")("a name that is not UTF-8 is said to be so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "undertone-find-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(
    Buffer.concat([Buffer.from(`${folder}/a`), Buffer.of(0xff), Buffer.from(".wav")]),
    "",
  );
  expect(await findAudioFiles([folder])).toMatchObject({
    files: [{ error: { code: "file-unreadable", message: /not UTF-8/ } }],
  });
});

test("files of folders that are no recordings are counted by their ending", async () => {
  const folder = await mkdtemp(join(tmpdir(), "undertone-find-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of ["a.wav", "b.AIFC", "c.txt", "d.TXT", "README", ".hidden"]) {
    await writeFile(join(folder, name), "");
  }
  const found = await findAudioFiles([folder]);
  expect(found.files.map(({ file }) => basename(file))).toEqual(["a.wav", "b.AIFC"]);
  expect(found.ignored).toEqual({ ".txt": 2, "": 1 });
  expect(describeIgnored(found)).toBe("Not looked at, by ending: 2 .txt, 1 without an ending.");
});

test("an empty path, as an unset variable gives, is not the current folder", async () => {
  await expect(findAudioFiles([""])).rejects.toMatchObject({ code: "usage" });
});
