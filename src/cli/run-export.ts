import { resolve } from "node:path";
import { readModelCard } from "../models/model-card.ts";
import { exportSelfContained } from "../models/self-contained.ts";
import { encoderFile } from "../recognition/open-encoder.node.ts";
import { findVoiceModel, inFile } from "../recognition/voice-model.node.ts";
import { UndertoneError } from "../shared/errors.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import { cancellable } from "./cancel.ts";
import { assertNewFile, formatOfFile } from "./out-file.ts";
import { createProgress } from "./progress.ts";

interface ExportOptions {
  readonly out: string;
  readonly offline?: boolean | undefined;
}

/** Writes a model and its encoder as one file. @throws UndertoneError `usage` for a model without an encoder */
export async function runExport(model: string, { out, offline }: ExportOptions): Promise<void> {
  const path = resolve(out);
  formatOfFile(out, { ".onnx": "onnx" });
  await assertNewFile(path);
  const found = await findVoiceModel(model);
  const { encoders: [encoder] = [] } = await inFile(found.path, () => readModelCard(found.bytes));
  if (!encoder) {
    throw new UndertoneError("usage", `${model} has no encoder: its own file is the whole of it.`);
  }
  const onProgress = createProgress(process.stderr);
  const file = await cancellable((signal) =>
    encoderFile(encoder.name, { offline, onProgress, signal }),
  );
  const whole = exportSelfContained(found.bytes, file);
  await writeFileAtomically(path, whole);
  console.log(`${out}: ${(whole.length / 1e6).toFixed(1)} MB`);
}
