import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shippedModel } from "../recognition/voice-model.node.ts";
import { readTested } from "./test-model.ts";

test("a table of clips that are named as a corpus of the training is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "undertone-named-"));
  const names = ["03-01-05-01-01-01-01.wav", "03-01-04-01-01-01-02.wav"];
  for (const name of names) await writeFile(join(folder, name), "");
  const data = join(folder, "mine.csv");
  await writeFile(data, `path,emotion,speaker\n${names[0]},angry,a\n${names[1]},sad,b\n`);
  const logger = { info: () => undefined, warn: () => undefined };
  const tested = (model: string) => readTested({ model: shippedModel(model), data }, { logger });
  await expect(tested("small")).rejects.toMatchObject({
    code: "split-leaks",
    message: expect.stringContaining("ravdess"),
  });
  await expect(tested("open")).resolves.toMatchObject({ corpus: "mine" });
  await rm(folder, { recursive: true });
});
