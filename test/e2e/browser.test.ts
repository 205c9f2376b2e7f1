/** `undertone/web` in Chromium, from sources that Vite serves. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { modelsFolderOf } from "../../src/downloads/model-files.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { loadRecognizer } from "../../src/index.ts";
import type { Closable } from "../../src/shared/closing.ts";
import type { page as inPage } from "../browser/page.ts";
import { trainSteps } from "../browser/train-steps.ts";
import { closePage, hasChromium, openBrowser, openPage, serveSources } from "../support/browser.ts";
import { expectSame } from "../support/expect-same.ts";
import { inSequence, synthesizeVoice } from "../support/voice.ts";

declare const undertone: typeof inPage;

const repository = resolve(import.meta.dirname, "../..");
const downloaded = modelsFolderOf(process.env);
const hasModel = (path: string): boolean => existsSync(join(downloaded, path));
const hasEncoder = hasModel("moonshine-base/encoder_model.onnx");
const hasTranscriber = ["moonshine-tiny", "silero-vad"].every(hasModel);

describe.skipIf(!hasChromium)("in Chromium", () => {
  let folder = "";
  let wav = "";
  let server: Closable & { readonly url: string };
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "undertone-browser-"));
    const models = join(folder, "models");
    const wrong = join(folder, "wrong/moonshine-tiny");
    await Promise.all([mkdir(models), mkdir(wrong, { recursive: true })]);
    await symlink(join(repository, "models/small.onnx"), join(folder, "wrong/small.onnx"));
    await writeFile(join(wrong, "encoder_model.onnx"), "another file");
    for (const name of ["default", "small", "speakers", "words"]) {
      await symlink(join(repository, `models/${name}.onnx`), join(models, `${name}.onnx`));
    }
    for (const name of ["moonshine-base", "moonshine-tiny", "silero-vad"]) {
      await symlink(join(downloaded, name), join(models, name));
    }
    wav = join(folder, "voice.wav");
    const voice = inSequence(
      synthesizeVoice(4, { sampleRate: 44_100, level: 0.1 }),
      new Float32Array(2 * 44_100),
      synthesizeVoice(6, { sampleRate: 44_100, level: 0.9 }),
    );
    await writeFile(wav, encodeWav(voice, 44_100));
    server = await serveSources({
      root: join(repository, "test/browser"),
      publicDir: folder,
      cacheDir: join(folder, "cache"),
      server: { port: 0, fs: { strict: false } },
    });
    browser = await openBrowser();
    page = await openReadyPage();
  });

  async function openReadyPage(): Promise<Page> {
    const opened = await openPage(browser, server.url);
    await opened.waitForFunction(() => "undertone" in globalThis);
    return opened;
  }

  afterAll(async () => {
    if (page !== undefined) await closePage(page);
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("the small model gives what it gives in Node, whatever the input", async () => {
    await using recognizer = await loadRecognizer({ model: "small", thread: false });
    const expected = await recognizer.analyze(wav);
    const [clip] = await recognizer.classify([wav]);
    const { analyses, classified, streamed } = await page.evaluate(() =>
      undertone.recognize({ model: "small" }, "voice.wav"),
    );
    expect(expected.segments.length).toBeGreaterThan(1);
    expect(analyses).toHaveLength(5);
    for (const analysis of analyses) expectSame(analysis, expected);
    expectSame(classified, clip);
    expectSame(streamed, expected.segments);
  });

  test.skipIf(!hasEncoder)("the default model's encoder is downloaded once and kept", async () => {
    await using recognizer = await loadRecognizer({
      model: "default",
      offline: true,
      thread: false,
    });
    const expected = await recognizer.analyze(wav);
    const [first, second] = await page.evaluate(
      async () =>
        [
          await undertone.analyze({}, "voice.wav"),
          await undertone.analyze({}, "voice.wav"),
        ] as const,
    );
    // WebAssembly rounds the products of bytes in the encoder differently, and polarity sums probabilities.
    expectSame(first.analysis, expected, 1.5);
    expectSame(second.analysis, first.analysis);
    expect(first.downloads).toContainEqual(expect.stringContaining("moonshine-base/encoder"));
    expect(second.downloads).toEqual([expect.stringContaining("default.onnx")]);
  });

  test.skipIf(!hasEncoder)("speakers of one channel are told apart as in Node", async () => {
    await using recognizer = await loadRecognizer({ model: "small", offline: true, thread: false });
    const { speakers } = await recognizer.analyze(wav, { diarize: true });
    const { analysis, downloads } = await page.evaluate(() =>
      undertone.analyze({ model: "small" }, "voice.wav", { diarize: true }),
    );
    expect(analysis.speakers.length).toBeGreaterThan(0);
    expect(analysis.speakers.map(({ speaker }) => speaker)).toEqual(
      speakers.map(({ speaker }) => speaker),
    );
    expect(downloads).toContainEqual(expect.stringContaining("speakers.onnx"));
  });

  test.skipIf(!hasTranscriber)("a transcriber works in the browser", async () => {
    const { analysis } = await page.evaluate(() =>
      undertone.analyze({ model: "small", transcriber: "moonshine-tiny" }, "voice.wav"),
    );
    expect(analysis.transcriber).toBe("moonshine-tiny");
  });

  test.each([
    ["network-failed", { model: "http://127.0.0.1:1/small.onnx" }],
    ["model-invalid", { model: "voice.wav" }],
    ["checksum-mismatch", { model: "small", transcriber: "moonshine-tiny", modelsUrl: "wrong/" }],
  ] as const)("a model's failure is %s: %j", async (code, options) => {
    const fresh = await openReadyPage();
    expect(await fresh.evaluate((given) => undertone.refusal(given), options)).toBe(code);
    await closePage(fresh);
  });

  test("the reference CNN trains as in Node", async () => {
    const expected = await trainSteps(nodeRuntime, 3);
    const losses = await page.evaluate(() => undertone.train(3));
    expect(losses).toEqual(expected.map((loss) => expect.closeTo(loss, 3)));
  });
});
