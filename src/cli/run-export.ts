import { dirname, join } from "node:path";
import { createFolder } from "../datasets/new-folder.ts";
import { catalog } from "../downloads/catalog.ts";
import type { EncoderName } from "../models/encoder-layers.ts";
import type { ExportedModel, Layout } from "../models/export/exported-model.ts";
import { layouts, type LayoutName } from "../models/export/layouts.ts";
import { encodersOf, exportedCard } from "../models/export/exported-card.ts";
import { exportSelfContained } from "../models/export/self-contained.ts";
import { encoderFile } from "../recognition/open-encoder.node.ts";
import { neutralShares } from "../recognition/reference-options.ts";
import {
  defaultTextModelPath,
  findVoiceModel,
  inFile,
  readModel,
} from "../recognition/voice-model.node.ts";
import { corporaOf } from "../runs/lineage.ts";
import { sentenceEncoderFiles } from "../recognition/open-sentence-encoder.node.ts";
import { shownName } from "../runs/test-model.ts";
import { makeFolder, writeFileAtomically } from "../shared/files.node.ts";
import { shippedTextModel } from "../shared/shipped-models.ts";
import { cancellable } from "./cancel.ts";
import { createProgress } from "./progress.ts";

interface ExportOptions {
  readonly to: LayoutName;
  readonly out: string;
  readonly offline?: boolean | undefined;
}

/** Writes a model and its encoders as one file, in a folder for other programs. @throws UndertoneError `model-invalid`, `usage` */
export async function runExport(model: string, { to, out, offline }: ExportOptions): Promise<void> {
  const isText = model === shippedTextModel;
  const { path, bytes } = await (isText ? readModel(defaultTextModelPath) : findVoiceModel(model));
  const card = await inFile(path, () => exportedCard(bytes));
  const onProgress = createProgress(process.stderr);
  const encoders = new Map<EncoderName, Uint8Array>();
  const sentence = await cancellable(async (signal) => {
    const options = { offline, onProgress, signal };
    for (const { name } of encodersOf(card)) encoders.set(name, await encoderFile(name, options));
    if (!("sentenceEncoder" in card)) return undefined;
    return sentenceEncoderFiles(card.sentenceEncoder.name, options);
  });
  const file = await inFile(path, () =>
    exportSelfContained(bytes, {
      encoders,
      sentenceEncoder: sentence?.model,
      neutralShare: neutralShares.high,
    }),
  );
  const name = shownName({ model }, card).replaceAll(/[^\w.-]/g, "-");
  const layout = layouts[to]({
    name,
    file,
    card,
    tokenizer: sentence?.tokenizer,
    origins: originsOf(card),
  });
  await createFolder(out, (folder) => writeLayout(folder, layout));
  for (const [each, content] of Object.entries(layout)) {
    console.log(`${join(out, each)}: ${(content.length / 1e6).toFixed(1)} MB`);
  }
}

/** Returns the corpora that a model was trained on and the encoders that its export contains. */
function originsOf(card: ExportedModel["card"]): ExportedModel["origins"] {
  const corpora = corporaOf(card).map(({ corpus: name, ...rest }) => ({ ...rest, name }));
  const sentence = "sentenceEncoder" in card ? [card.sentenceEncoder] : [];
  const encoders = [...encodersOf(card), ...sentence].map(({ name }) => {
    const { publisher, license } = catalog[name];
    return { name: `encoder ${name} by ${publisher}`, license };
  });
  return [...corpora, ...encoders];
}

async function writeLayout(folder: string, layout: Layout): Promise<void> {
  for (const [path, content] of Object.entries(layout)) {
    await makeFolder(dirname(join(folder, path)));
    await writeFileAtomically(join(folder, path), content);
  }
}
