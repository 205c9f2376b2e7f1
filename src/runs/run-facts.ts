import { createRequire } from "node:module";
import { arch, cpus, platform, totalmem } from "node:os";
import type { RunInfo } from "./run-folder.ts";

/** Returns what repeats a run: the command line, the versions and the machine. */
export function runFacts(
  command: string,
  threads: number | undefined,
): Pick<RunInfo, "command" | "versions" | "machine"> {
  return { command, versions: versions(), machine: machine(threads) };
}

function versions(): RunInfo["versions"] {
  const require = createRequire(import.meta.url);
  const versionOf = (path: string): string => {
    const { version }: { readonly version: string } = require(path);
    return version;
  };
  return {
    undertone: versionOf("../../package.json"),
    node: process.versions.node,
    onnxruntime: versionOf("onnxruntime-node/package.json"),
  };
}

/** Returns the processor of this machine. */
export function processor(): { readonly cpu: string; readonly cores: number } {
  const cores = cpus();
  return { cpu: cores[0]?.model.trim() ?? "unknown", cores: cores.length };
}

function machine(threads: number | undefined): RunInfo["machine"] {
  const { cpu, cores } = processor();
  return {
    cpu,
    cores,
    threads: threads ?? cores,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
  };
}
