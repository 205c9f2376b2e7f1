/**
 * Load on `undertone serve` on this machine, beside the command line on the same recordings: uploads alone, and once more with
 * live streams beside them.
 *
 *   npx tsx bench/serve/main.ts --requests 200 --concurrency 100 --streams 50 --model small
 *
 * The server is started and stopped by it; nothing else is called.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encodeWav } from "../../src/audio/wav.ts";
import { synthesizeVoice } from "../../test/support/voice.ts";
import { load, type LoadResult, type Recording } from "./load.ts";
import { watchCpuSec } from "../process-tree.ts";
import { commandLine, runServer } from "./run-server.ts";
import { openStreams, streamFacts } from "./streams.ts";

const { values: options } = parseArgs({
  options: {
    requests: { type: "string", default: "200" },
    concurrency: { type: "string", default: "100" },
    streams: { type: "string", default: "50" },
    model: { type: "string", default: "small" },
    workers: { type: "string", default: String(availableParallelism()) },
    json: { type: "boolean", default: false },
  },
});
const requests = Math.min(10_000, Number(options.requests));
const concurrency = Math.min(500, Number(options.concurrency));
const streams = Math.min(500, Number(options.streams));
const models = ["--model", options.model, "--no-transcript", "--offline"];

/** Lengths of the recordings in turn, in seconds. */
const lengthsSec = [1, 2, 3, 5, 8, 13, 30];
const sampleRate = 16_000;

function recordingOf(n: number): Recording {
  const durationSec = lengthsSec[n % lengthsSec.length]!;
  const samples = synthesizeVoice(durationSec, { sampleRate, level: 0.2 + (n % 100) / 200 });
  return { name: `${n}.wav`, bytes: new Uint8Array(encodeWav(samples, sampleRate)), durationSec };
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? 0;

const folder = await mkdtemp(join(tmpdir(), "undertone-load-"));
try {
  const recordings = Array.from({ length: requests }, (_, n) => recordingOf(n));
  const totalSec = recordings.reduce((sum, { durationSec }) => sum + durationSec, 0);
  // All clients have one token.
  const given = [...models, "--workers", options.workers, "--rate", "1000000"];
  const server = await runServer(join(folder, "state"), given);
  const memoryAtRestMb = await server.peakMemoryMb();
  await server.metric("nodejs_eventloop_lag_max_seconds"); // counts from here
  const cpuAtRestSec = await server.cpuSec();
  const result = await load(server, recordings, concurrency);
  const cpuAfterSec = await server.cpuSec();
  const memoryOfUploadsMb = await server.peakMemoryMb();
  // Models of streams load when they are first needed.
  if (streams > 0) await openStreams(server, Number(options.workers))();
  const cpuBesideSec = await server.cpuSec();
  const endStreams = openStreams(server, streams);
  const beside = await load(server, recordings, concurrency);
  const { outcomes, cpuSec: streamsCpuSec } = await endStreams();
  const cpuAtEndSec = await server.cpuSec();
  const memoryMb = await server.peakMemoryMb();
  const eventLoopMaxMs = 1000 * (await server.metric("nodejs_eventloop_lag_max_seconds"));
  await server.stop();
  const command = await analyzeByCommand(recordings);
  const commandAudioPerSec = totalSec / command.seconds;
  const streamedSec = outcomes.reduce((sum, { audioSec }) => sum + audioSec, 0);
  // Their sound goes on until the last upload is answered.
  const streamedPerSec = streamedSec / beside.seconds;
  const besidePerSec = beside.audioSec / beside.seconds + streamedPerSec;
  const besideSec = beside.audioSec + streamedSec;
  // The clients run on the same processor, which the command has for itself.
  const cores = availableParallelism();
  const shareOfServer = ({ clientCpuSec, seconds }: LoadResult, moreSec = 0): number =>
    1 - (clientCpuSec + moreSec) / (seconds * cores);
  const left = shareOfServer(result);
  const leftBeside = shareOfServer(beside, streamsCpuSec);
  const facts = {
    requests,
    concurrency,
    workers: Number(options.workers),
    model: options.model,
    statuses: Object.fromEntries(result.statuses),
    audioPerSec: result.audioSec / result.seconds,
    commandAudioPerSec,
    ofCommand: result.audioSec / result.seconds / commandAudioPerSec,
    ofCommandLessClients: result.audioSec / result.seconds / commandAudioPerSec / left,
    latencyP50Ms: quantile(result.latenciesMs, 0.5),
    latencyP95Ms: quantile(result.latenciesMs, 0.95),
    healthP50Ms: quantile(result.healthMs, 0.5),
    healthP99Ms: quantile(result.healthMs, 0.99),
    healthMaxMs: quantile(result.healthMs, 1),
    ...streamFacts(outcomes),
    statusesBeside: Object.fromEntries(beside.statuses),
    uploadedBesidePerSec: beside.audioSec / beside.seconds,
    streamedPerSec,
    ofCommandBeside: besidePerSec / commandAudioPerSec,
    ofCommandBesideLessClients: besidePerSec / commandAudioPerSec / leftBeside,
    clientShare: 1 - left,
    clientShareBeside: 1 - leftBeside,
    cpuMsPerAudioSec: (1000 * (cpuAfterSec - cpuAtRestSec)) / result.audioSec,
    cpuMsPerAudioSecBeside: (1000 * (cpuAtEndSec - cpuBesideSec)) / besideSec,
    cpuMsPerAudioSecOfCommand: (1000 * command.cpuSec) / totalSec,
    healthMaxBesideMs: quantile(beside.healthMs, 1),
    eventLoopMaxMs,
    memoryAtRestMb,
    memoryOfUploadsMb,
    memoryMb,
  };
  if (options.json) process.stdout.write(`${JSON.stringify(facts)}\n`);
  else {
    const lines = Object.entries(facts).map(([name, value]) => `${name.padEnd(27)}${shown(value)}`);
    process.stdout.write(`${lines.join("\n")}\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Returns how long `undertone analyze` takes, from its start, and its processor time. */
async function analyzeByCommand(recordings: readonly Recording[]) {
  const sounds = join(folder, "sounds");
  await mkdir(sounds);
  for (const { name, bytes } of recordings) await writeFile(join(sounds, name), bytes);
  const [program, ...words] = commandLine;
  const out = join(folder, "results.jsonl");
  const given = [...models, "--jobs", options.workers, "--out", out];
  const startedAt = performance.now();
  const child = spawn(program!, [...words, "analyze", sounds, ...given], { stdio: "ignore" });
  const cpuSec = watchCpuSec(child.pid!);
  await once(child, "close");
  if (child.exitCode !== 0) throw new Error(`undertone analyze ended with ${child.exitCode}`);
  const seconds = (performance.now() - startedAt) / 1000;
  return { seconds, cpuSec: await cpuSec() };
}

function shown(value: unknown): string {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : value.toFixed(2);
  return typeof value === "string" ? value : JSON.stringify(value);
}
