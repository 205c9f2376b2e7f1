import { EventEmitter } from "node:events";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { concatenate } from "./blocks.ts";
import { DecodeProcess } from "./decode-process.node.ts";
import { loadAudio, openFile } from "./load.node.ts";
import { decodeFile, readFileMono } from "./read-file.node.ts";
import { readMono, type MonoReading } from "./read-mono.ts";
import { bytesSource, smallBytes } from "./source.ts";

const folder = resolve(import.meta.dirname, "../../test/fixtures/recognition");
const path = resolve(folder, "voice.mp3");
const voice = { name: path, path, size: 0, read: () => Promise.reject(new Error("not asked")) };
const how = { as: "channels", options: { sampleRate: 16_000 } } as const;

async function loaded(reading: MonoReading): Promise<[Float32Array, readonly string[]]> {
  const blocks: Float32Array[] = [];
  for await (const block of reading) blocks.push(block);
  return [concatenate(blocks), reading.warnings];
}

let process: DecodeProcess | undefined;
afterEach(() => process?.stop());

test("a file or bytes that are decoded apart are the same as here", async () => {
  const bytes = bytesSource(await readFile(path));
  const here = await loaded(readMono(bytes, { sampleRate: 16_000 }));
  const apart = await loadAudio(path, { sampleRate: 16_000 });
  expect([apart.samples, apart.warnings]).toEqual(here);
  const tag = new Uint8Array(10 + smallBytes);
  tag.set([0x49, 0x44, 0x33, 4, 0, 0, 8, 0, 0, 0]);
  const large = bytesSource(Buffer.concat([tag, await readFile(path)]));
  for (const source of [bytes, large]) {
    expect(await loaded(readFileMono(source, { sampleRate: 16_000 }))).toEqual(here);
  }
});

test("one process decodes one file after the other, also after a bad one, and is ended in the middle of one", async () => {
  process = new DecodeProcess();
  const bad = resolve(import.meta.dirname, "decode-process.test.ts");
  const warnings: Error[] = [];
  const warned = (warning: Error): void => void warnings.push(warning);
  globalThis.process.on("warning", warned);
  await expect(
    process.decode({ ...voice, name: bad, path: bad }, how).next(),
  ).rejects.toMatchObject({
    code: "audio-unsupported",
    message: expect.stringContaining(bad),
  });
  expect(process.isFree).toBe(true);
  for (let n = 0; n < EventEmitter.defaultMaxListeners; n++) {
    for await (const { channels } of process.decode(voice, how)) expect(channels).toHaveLength(1);
    expect(process.isFree).toBe(true);
  }
  globalThis.process.off("warning", warned);
  expect(warnings).toEqual([]);
  for await (const _ of process.decode(voice, how)) break;
  expect(process.isFree).toBe(false);
});

test.skipIf(globalThis.process.platform === "win32")(
  "a process that goes no further is ended, and its file is damaged",
  async () => {
    process = new DecodeProcess(200);
    globalThis.process.kill(process.pid!, "SIGSTOP");
    await expect(process.decode(voice, how).next()).rejects.toMatchObject({
      code: "audio-corrupt",
      message: expect.stringContaining(path),
    });
    expect(process.isFree).toBe(false);
  },
);

test("cancelling ends what goes no further", async () => {
  process = new DecodeProcess();
  globalThis.process.kill(process.pid!, "SIGSTOP");
  const cancel = new AbortController();
  const next = process.decode(voice, how, cancel.signal).next();
  cancel.abort();
  await expect(next).rejects.toMatchObject({ code: "cancelled" });
});

test("what is no sound at all is told without a process", async () => {
  const source = await openFile(resolve(import.meta.dirname, "decode-process.test.ts"));
  const blocks = decodeFile(source, { as: "blocks" });
  await expect(blocks.next()).rejects.toMatchObject({ code: "audio-unsupported" });
});
