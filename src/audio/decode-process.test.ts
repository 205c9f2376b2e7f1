import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { DecodeProcess } from "./decode-process.node.ts";
import { loadAudio, openFile } from "./load.node.ts";
import { decodeFile } from "./read-file.node.ts";
import { readMono } from "./read-mono.ts";
import { bytesSource } from "./source.ts";

const folder = resolve(import.meta.dirname, "../../test/fixtures/recognition");
const voice = resolve(folder, "voice.mp3");
const how = { as: "channels", options: { sampleRate: 16_000 } } as const;

let process: DecodeProcess | undefined;
afterEach(() => process?.stop());

test("a file that is decoded apart is the same as here", async () => {
  const apart = await loadAudio(voice, { sampleRate: 16_000 });
  const blocks: Float32Array[] = [];
  const here = readMono(bytesSource(await readFile(voice)), { sampleRate: 16_000 });
  for await (const block of here) blocks.push(block);
  expect(apart.samples).toEqual(Float32Array.from(blocks.flatMap((block) => [...block])));
  expect(apart.warnings).toEqual(here.warnings);
});

test("one process decodes one file after the other, also after a bad one, and is ended in the middle of one", async () => {
  process = new DecodeProcess();
  const bad = resolve(import.meta.dirname, "decode-process.test.ts");
  await expect(process.decode(bad, how).next()).rejects.toMatchObject({
    code: "audio-unsupported",
    message: expect.stringContaining(bad),
  });
  expect(process.isFree).toBe(true);
  for await (const { channels } of process.decode(voice, how)) expect(channels).toHaveLength(1);
  expect(process.isFree).toBe(true);
  for await (const _ of process.decode(voice, how)) break;
  expect(process.isFree).toBe(false);
});

test.skipIf(globalThis.process.platform === "win32")(
  "a process that goes no further is ended, and its file is damaged",
  async () => {
    process = new DecodeProcess();
    globalThis.process.kill(process.pid!, "SIGSTOP");
    await expect(process.decode(voice, how, { stallMs: 200 }).next()).rejects.toMatchObject({
      code: "audio-corrupt",
      message: expect.stringContaining(voice),
    });
    expect(process.isFree).toBe(false);
  },
);

test("cancelling ends what goes no further", async () => {
  process = new DecodeProcess();
  globalThis.process.kill(process.pid!, "SIGSTOP");
  const cancel = new AbortController();
  const next = process.decode(voice, how, { signal: cancel.signal }).next();
  cancel.abort();
  await expect(next).rejects.toMatchObject({ code: "cancelled" });
});

test("what is no sound at all is told without a process", async () => {
  const source = await openFile(resolve(import.meta.dirname, "decode-process.test.ts"));
  const blocks = decodeFile(source, { as: "blocks" });
  await expect(blocks.next()).rejects.toMatchObject({ code: "audio-unsupported" });
});
