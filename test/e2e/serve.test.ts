/** `undertone serve` as a process of its own, with real models; and its examples. */
import { execFile, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { encodeWav } from "../../src/audio/wav.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { hasChromium, openBrowser, openPage } from "../support/browser.ts";
import { startUndertone, undertone } from "../support/command-line.ts";
import { formWith, serviceToken, startTestService } from "../support/service.ts";
import { synthesizeVoice } from "../support/voice.ts";

const sampleRate = 16_000;
let folder = "";
let wav = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-serve-"));
  wav = join(folder, "voice.wav");
  await writeFile(wav, encodeWav(synthesizeVoice(2, { sampleRate, level: 0.5 }), sampleRate));
});
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  /** What it printed until it served. */
  readonly printed: string;
}

async function serve(state: string): Promise<Started> {
  const model = ["--model", "small", "--no-transcript", "--offline"];
  const options = [...model, "--workers", "1", "--rate", "1000000", "--folder", state];
  const child = startUndertone("serve", "--port", "0", ...options);
  children.push(child);
  let printed = "";
  for await (const line of createInterface({ input: child.stderr! })) {
    printed += `${line}\n`;
    if (line.includes("Ctrl-C")) break;
  }
  child.stderr!.resume();
  child.stdout!.resume();
  const url = /http:\S+/.exec(printed)?.[0];
  if (url === undefined) throw new Error(`It does not serve: ${printed}`);
  return { child, url, printed };
}

const jobSchema = z.object({
  id: z.string(),
  status: z.string(),
  counts: z.object({ done: z.number(), failed: z.number() }),
});

/** Returns what asks a server with its token. */
const askOf = (url: string, token: string) => (path: string, init?: RequestInit) =>
  fetch(url + path, { ...init, headers: { authorization: `Bearer ${token}` } });

/** A longer proof: `JOB_FILES=50 KILLS=5 npx vitest run test/e2e/serve.test.ts`. */
const jobFiles = Number(process.env["JOB_FILES"] ?? 8);
const kills = Number(process.env["KILLS"] ?? 1);

test(
  "a server that is killed loses nothing of a job, and does nothing twice",
  {
    timeout: 180_000 * kills,
  },
  async () => {
    const state = join(folder, "killed");
    const first = await serve(state);
    const token = /ut_\S+/.exec(first.printed)![0];
    expect(await readFile(join(state, "tokens.json"), "utf8")).not.toContain(token);
    const body = new FormData();
    for (let n = 0; n < jobFiles; n++) {
      const sound = synthesizeVoice(1 + (n % 3), { sampleRate, level: 0.2 + n / 100 });
      body.append("file", new Blob([new Uint8Array(encodeWav(sound, sampleRate))]), `${n}.wav`);
    }
    const ask = askOf(first.url, token);
    const ordered = await ask("/v1/jobs", { method: "POST", body });
    const { id } = jobSchema.parse(await ordered.json());
    const doneOf = async (of: typeof ask): Promise<number> =>
      jobSchema.parse(await (await of(`/v1/jobs/${id}`)).json()).counts.done;
    const progress = { interval: 10, timeout: 60_000 };
    let kept = new Map<string, string>();
    let last = first;
    for (let kill = 0; kill < kills; kill++) {
      const asked = askOf(last.url, token);
      await expect.poll(() => doneOf(asked), progress).toBeGreaterThan(kept.size + 1);
      last.child.kill("SIGKILL");
      await once(last.child, "close");
      const more = await resultsIn(state, id);
      for (const [name, content] of kept) expect(more.get(name)).toBe(content);
      expect(more.size).toBeLessThan(jobFiles);
      kept = more;
      last = await serve(state);
      expect(last.printed).not.toContain("ut_");
    }
    const again = askOf(last.url, token);
    await expect.poll(() => doneOf(again), progress).toBe(jobFiles);
    const all = await resultsIn(state, id);
    for (const [name, content] of kept) expect(all.get(name)).toBe(content);
    const lines = (await (await again(`/v1/jobs/${id}/results`)).text()).trimEnd().split("\n");
    const results = lines.map((line) =>
      z.looseObject({ name: z.string() }).parse(JSON.parse(line)),
    );
    expect(results.map(({ name }) => name)).toEqual(
      Array.from({ length: jobFiles }, (_, n) => `${n}.wav`),
    );

    // The same bits as an undisturbed answer.
    const form = new FormData();
    form.append("file", body.getAll("file")[jobFiles - 1]!);
    const direct = await (await again("/v1/audio/emotions", { method: "POST", body: form })).json();
    expect(results.at(-1)).toEqual({ index: jobFiles - 1, name: `${jobFiles - 1}.wav`, ...direct });

    last.child.kill("SIGTERM");
    await once(last.child, "close");
    expect(last.child.exitCode).toBe(0);
    expect(await readdir(join(state, "uploads"))).toEqual([]);
  },
);

async function resultsIn(state: string, id: string): Promise<Map<string, string>> {
  const results = join(state, "jobs", id, "results");
  const names = (await readdir(results)).filter((name) => name.endsWith(".json"));
  const contents = names.map(async (name): Promise<[string, string]> => [
    name,
    await readFile(join(results, name), "utf8"),
  ]);
  return new Map(await Promise.all(contents));
}

test("a token is printed on demand, and one that is too short is refused", async () => {
  const state = join(folder, "tokens");
  const { stdout, exitCode } = await undertone("serve", "--new-token", "--folder", state);
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^ut_[\w-]{43}\n$/)]);
  process.env["UNDERTONE_TOKEN"] = "short";
  try {
    const refused = await undertone("serve", "--folder", state);
    expect(refused.exitCode).toBe(exitCodes.usage);
  } finally {
    delete process.env["UNDERTONE_TOKEN"];
  }
});

test("the examples call a server by curl and by OpenAI's client", async () => {
  const service = await startTestService();
  const env = { ...process.env, TOKEN: serviceToken, URL: service.url };
  const run = promisify(execFile);
  const examples = resolve(import.meta.dirname, "../../examples");
  const loader = createRequire(import.meta.url).resolve("tsx");
  const program = [`--import`, loader, join(examples, "serve-openai.ts"), wav, `${service.url}/v1`];
  const openai = await run(process.execPath, program, { env });
  expect(openai.stdout).toBe("1 to 3 s: sad: Good morning\n2.5 to 4 s: angry: At last\n");
  const curl = await run(join(examples, "serve-curl.sh"), [wav], { env });
  expect(curl.stdout).toMatch(/^\{"task":"transcribe".*\n1\n00:00:01,000 --> /);
  expect(curl.stdout.match(/"index":\d/g)).toEqual(['"index":0', '"index":1']);
  expect(await readdir(join(service.folder, "jobs"))).toEqual([]);
  await service.close();
});

const root = resolve(import.meta.dirname, "../..");

test("each curl of the documentation gets an answer", async () => {
  const pages = (await readdir(join(root, "docs"), { recursive: true })).filter((name) =>
    name.endsWith(".md"),
  );
  const texts = ["README.md", ...pages.map((name) => join("docs", name))].map((page) =>
    readFile(join(root, page), "utf8"),
  );
  const lines = (await Promise.all(texts)).flatMap((text) => text.match(/^ *curl .*$/gm) ?? []);
  expect(lines.length).toBeGreaterThan(1);
  const service = await startTestService();
  await copyFile(wav, join(folder, "call.wav"));
  const env = { ...process.env, TOKEN: serviceToken };
  for (const line of new Set(lines)) {
    const asked = `${line.replace("http://127.0.0.1:8150", service.url)} --silent`;
    const { stdout } = await promisify(execFile)("sh", ["-c", asked], { cwd: folder, env });
    expect(JSON.parse(stdout)).not.toHaveProperty("error");
  }
  await service.close();
});

test.skipIf(!hasChromium)(
  "a browser's EventSource takes the events of a transcription",
  async () => {
    const service = await startTestService();
    // The server of a web page, which keeps the token to itself.
    const site = createServer((request, response) => {
      if (request.url !== "/events") {
        response.setHeader("content-type", "text/html").end("<!doctype html>");
        return;
      }
      const body = formWith({ model: "whisper-1", stream: "true" });
      void service.ask("/v1/audio/transcriptions", { method: "POST", body }).then((answer) => {
        response.setHeader("content-type", answer.headers.get("content-type")!);
        return pipeline(Readable.from(answer.body!), response);
      });
    });
    await once(site.listen(0, "127.0.0.1"), "listening");
    const address = site.address();
    const browser = await openBrowser();
    const port = typeof address === "object" ? address?.port : undefined;
    const page = await openPage(browser, `http://127.0.0.1:${port}`);
    const told = await page.evaluate(
      () =>
        new Promise((done) => {
          const types: unknown[] = [];
          const events = new EventSource("/events");
          events.addEventListener("message", ({ data }) => {
            const { type } = JSON.parse(data);
            types.push(type);
            if (type !== "transcript.text.done") return;
            events.close();
            done(types);
          });
        }),
    );
    const delta = "transcript.text.delta";
    expect(told).toEqual([delta, delta, "transcript.text.done"]);
    await browser.close();
    site.close();
    await service.close();
  },
);
