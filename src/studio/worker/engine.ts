/** The worker of the page: all models, decoding and features are here, and nothing of it holds up the page. */
import { expose, proxy } from "comlink";
import { loadRecognizer, type Analysis, type Progress, type Recognizer } from "../../web/index.ts";

/** What the models are, and what is told of their loading. */
export interface ModelChoice {
  readonly model: string;
  readonly transcriber: "moonshine-tiny" | "moonshine-base" | null;
}

export class StudioEngine {
  #recognizer: Promise<Recognizer> | undefined;

  /** Loads models in place of those before. Addresses are those of the page: a worker has its own. */
  async load(
    choice: ModelChoice,
    { base, onProgress }: { base: string; onProgress: (progress: Progress) => void },
  ): Promise<readonly string[]> {
    await (await this.#recognizer?.catch(() => undefined))?.close();
    this.#recognizer = loadRecognizer({
      ...choice,
      modelsUrl: new URL("models/", base),
      wasmPaths: new URL("ort/", base).href,
      onProgress,
    });
    return (await this.#recognizer).labels;
  }

  async analyze(file: Blob, onProgress: (doneSec: number) => void): Promise<Analysis> {
    const recognizer = await this.#recognizer;
    if (recognizer === undefined) throw new RangeError("analyze: no model is loaded");
    return recognizer.analyze(file, { onProgress });
  }
}

expose(proxy(new StudioEngine()));
