import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sentence } from "../../test/support/conversation.ts";
import { encodeWav } from "../audio/wav.ts";
import { writeConversations } from "../datasets/conversations.ts";
import type { Clip } from "../datasets/manifest.ts";
import { findReferences, testDiarization } from "./test-diarization.ts";

let folder: string;
let clips: Clip[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-conversations-"));
  clips = await Promise.all(
    [1, 1, 2, 2].map(async (speaker, take) => {
      const id = `${speaker}-${take}`;
      const path = join(folder, `${id}.wav`);
      await writeFile(path, encodeWav(sentence(speaker, take), 16_000));
      return { id, path, emotion: "neutral", speakerId: `person ${speaker}` };
    }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const options = { speakers: 2, conversations: 2, lengthSec: 12, overlapShare: 0, seed: 1 };

test("conversations are written with their references, found again and scored", async () => {
  const calls = join(folder, "calls");
  await writeConversations(calls, clips, options);
  expect((await readdir(calls)).toSorted()).toEqual([
    "conversation-2-001.rttm",
    "conversation-2-001.wav",
    "conversation-2-002.rttm",
    "conversation-2-002.wav",
  ]);
  const references = await findReferences([calls]);
  expect(references).toHaveLength(2);
  const speakers = new Set(references[0]!.turns.map(({ speaker }) => speaker));
  expect(speakers).toEqual(new Set(["person_1", "person_2"]));
  const oneVoice = {
    card: { sampleRate: 16_000 as const, apart: 0.6, chanceSec: 1 },
    embed: async (_: Float32Array, windows: readonly unknown[]) => ({
      embeddings: windows.map(() => Float32Array.of(1, 0)),
      overlaps: [],
    }),
    close: async () => undefined,
  };
  const scored = await testDiarization(references[0]!, oneVoice, {});
  expect(scored.speakers).toEqual({ reference: 2, found: 1 });
  const { all, collar } = scored.errors;
  expect(all.missedSec / all.speechSec).toBeLessThan(0.05);
  expect(all.confusionSec).toBeGreaterThan(1); // one of two is right
  expect(collar.speechSec).toBeLessThan(all.speechSec);
});

test("too few speakers are refused, and a reference without its recording", async () => {
  const three = writeConversations(join(folder, "three"), clips, { ...options, speakers: 3 });
  await expect(three).rejects.toMatchObject({ code: "dataset-invalid" });
  const lost = join(folder, "lost.rttm");
  await writeFile(lost, "SPEAKER lost 1 0 1 <NA> <NA> anna <NA> <NA>\n");
  await expect(findReferences([lost])).rejects.toMatchObject({ code: "file-not-found" });
  await expect(findReferences([join(folder, "none")])).rejects.toMatchObject({
    code: "file-not-found",
  });
});
