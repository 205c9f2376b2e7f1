import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findAudioFiles } from "./find-audio.node.ts";

// Other systems do not let such a file come into being.
test.runIf(process.platform === "linux")("a name that is not UTF-8 is said to be so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "undertone-find-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(
    Buffer.concat([Buffer.from(`${folder}/a`), Buffer.of(0xff), Buffer.from(".wav")]),
    "",
  );
  expect(await findAudioFiles([folder])).toMatchObject([
    { error: { code: "file-unreadable", message: /not UTF-8/ } },
  ]);
});

test("an empty path, as an unset variable gives, is not the current folder", async () => {
  await expect(findAudioFiles([""])).rejects.toMatchObject({ code: "usage" });
});
