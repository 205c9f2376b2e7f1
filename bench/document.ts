import { arch, cpus, platform, totalmem } from "node:os";
import packageJson from "../package.json" with { type: "json" };
import type { CnnSection } from "./compare-cnn.ts";
import type { EncoderSection } from "./compare-encoder.ts";
import type { LogMelRow } from "./compare-log-mel.ts";
import type { TextRow } from "./compare-text.ts";
import type { Measured } from "./own-process.ts";

/** `rate` is in multiples of real time. */
export interface AnalysisRow extends Measured {
  readonly recording: string;
}

/** What `npm run bench -- --json` prints; docs/json.md says what each key is. */
export interface BenchDocument {
  readonly format: 1;
  readonly measuredAt: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly secondsEach: number;
  readonly rounds: number;
  readonly cnn: CnnSection;
  readonly text: {
    readonly batchSize: number;
    readonly length: number;
    readonly vocabulary: number;
    readonly hidden: number;
    readonly rows: readonly TextRow[];
  };
  /** Null where the encoder is not in the model store. */
  readonly encoder: EncoderSection | null;
  readonly logMel: { readonly rows: readonly LogMelRow[] };
  readonly analysis: {
    readonly model: string;
    readonly recordingSec: number;
    readonly rows: readonly AnalysisRow[];
  };
  readonly warnings: readonly string[];
}

/** The machine that measures. */
export function describeMachine(): BenchDocument["machine"] {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
  };
}

/** What our side of the measurements runs on. */
export function describeVersions(): BenchDocument["versions"] {
  return {
    undertone: packageJson.version,
    node: process.versions.node,
    onnxruntime: packageJson.optionalDependencies["onnxruntime-node"],
  };
}
