import { arch, cpus, platform, totalmem } from "node:os";
import packageJson from "../../package.json" with { type: "json" };
import type { AnalysisSection } from "./compare/analysis.ts";
import type { CommandsSection } from "./compare/commands.ts";
import type { CnnSection } from "./compare/cnn.ts";
import type { EncoderSection } from "./compare/encoder.ts";
import type { LogMelSection } from "./compare/log-mel.ts";
import type { TextSection } from "./compare/text.ts";

/** The document that `npm run bench -- --json` prints. A subject left out is null. */
export interface BenchDocument {
  readonly format: 1;
  readonly measuredAt: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly secondsEach: number;
  readonly rounds: number;
  readonly cnn: CnnSection | null;
  readonly text: TextSection | null;
  /** Also null where the encoder is not in the model store. */
  readonly encoder: EncoderSection | null;
  readonly logMel: LogMelSection | null;
  readonly analysis: AnalysisSection | null;
  readonly commands: CommandsSection | null;
  readonly warnings: readonly string[];
}

/** Returns the processor, cores, memory and platform of this machine. */
export function describeMachine(): BenchDocument["machine"] {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
  };
}

/** Returns the versions of Undertone, Node and ONNX Runtime. */
export function describeVersions(): BenchDocument["versions"] {
  return {
    undertone: packageJson.version,
    node: process.versions.node,
    onnxruntime: packageJson.optionalDependencies["onnxruntime-node"],
  };
}
