import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { encodeWav } from "../../src/audio/wav.ts";
import { commandLine, finish } from "../support/command-line.ts";
import { synthesizeVoice } from "../support/voice.ts";

/** ONNX Runtime's telemetry, where it is not muted, looks up its receiver nine seconds after the start. */
const lingerMs = 12_000;

const hasStrace = spawnSync("strace", ["-V"]).status === 0;

interface Traces {
  /** Files that the program left, relative to where it could leave some. */
  readonly files: readonly string[];
  /** System calls of it and its children that reach for the network, where strace records them. */
  readonly calls: readonly string[];
}

/** What a program leaves behind and reaches for, in an empty home and without the variables that mute telemetry. */
async function tracesOf(...words: readonly string[]): Promise<Traces> {
  const home = await mkdtemp(join(tmpdir(), "undertone-privacy-"));
  const [cache, temporary, log] = ["cache", "tmp", "calls.log"].map((name) => join(home, name));
  await Promise.all([mkdir(cache!), mkdir(temporary!)]);
  await writeFile(
    join(home, "voice.wav"),
    encodeWav(synthesizeVoice(3, { sampleRate: 16_000, level: 0.5 }), 16_000),
  );
  const linger = `data:text/javascript,setTimeout(()=>{},${lingerMs})`;
  const program = [process.execPath, "--import", linger, ...commandLine(...words)];
  const [command, ...rest] = hasStrace
    ? ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", log!, ...program]
    : program;
  const child = spawn(command!, [...rest, join(home, "voice.wav")], {
    cwd: home,
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      XDG_CACHE_HOME: cache,
      TMPDIR: temporary,
    },
  });
  const { exitCode, stderr } = await finish(child);
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(home.length + 1));
  const calls = hasStrace ? (await readFile(log!, "utf8")).split("\n") : [];
  return { files, calls: calls.filter((call) => /AF_INET|AF_INET6|sin_port/.test(call)) };
}

test("an analysis leaves no file and opens no connection but Undertone's own", async () => {
  const { files, calls } = await tracesOf("analyze", "--model", "small", "--no-transcript");
  const expected = ["voice.wav", ...(hasStrace ? ["calls.log"] : [])];
  expect(files.filter((file) => !/^tmp\/(tsx|node-compile-cache)/.test(file)).toSorted()).toEqual(
    expected.toSorted(),
  );
  expect(calls).toEqual([]);
});
