/** The worker of the page: models, decoding and features are here, so that nothing of it holds up the page. */
import { expose, proxy } from "comlink";
import {
  loadRecognizer,
  type Analysis,
  type EnrolledSpeaker,
  type Progress,
  type Recognizer,
  type Samples,
  type Segment,
  type SegmentEvent,
  type Speaker,
  type WebDevice,
  webRuntime,
} from "../../web/index.ts";
import { openOnGpu, type CheckedRecognizer, type DeviceRefusal } from "./checked-device.ts";
import { Explainer } from "../explain/explainer.ts";
import type { Explanation, OnStep } from "../explain/explanation.ts";
import { named } from "./named.ts";
import { recordLive, type LiveResult } from "./live.ts";
import { openFile, sampleRate, type OpenedFile, type PictureUpdate } from "./open-file.ts";
import { detailPerSec, melColumns, nMels } from "./picture.ts";
import { readWav } from "./pcm.ts";
import { recordingPage, type PageInput } from "./recording-page.ts";
import { contentHash } from "./content-hash.ts";
import { Teacher, taughtModelName } from "./teach.ts";

/** Which models. */
export interface ModelChoice {
  readonly model: string;
  readonly transcriber: "moonshine-tiny" | "moonshine-base" | null;
  readonly device: WebDevice;
}

/** What the page asks its worker for. Errors have an `UndertoneError`'s code as their name. */
export class StudioEngine {
  /** Training in the page. */
  readonly teach = proxy(new Teacher());
  #recognizer: Promise<CheckedRecognizer> | undefined;
  #explainer: Explainer | undefined;

  /**
   * Loads models in place of those before. Resolves to why they run on the processor, where the graphics card was asked for.
   * @param base address of the page, beside which models and runtime are
   */
  load(
    { model, transcriber, device }: ModelChoice,
    base: string,
    onProgress: (progress: Progress) => void,
  ): Promise<DeviceRefusal | null> {
    return named(async () => {
      assertWasm();
      const before = [this.#explainer, this.#recognizer] as const;
      this.#recognizer = (async () => {
        await before[0]?.close();
        await (await before[1]?.catch(() => undefined))?.recognizer.close();
        const address = model === taughtModelName ? await this.teach.address() : model;
        const modelsUrl = new URL("models/", base);
        const wasmPaths = new URL("ort/", base).href;
        this.#explainer = new Explainer(address, webRuntime({ wasmPaths }), { modelsUrl });
        const options = { model: address, transcriber, modelsUrl, wasmPaths, onProgress };
        const open = (on: WebDevice): Promise<Recognizer> =>
          loadRecognizer({ ...options, device: on });
        return device === "webgpu"
          ? openOnGpu({ open, hasAdapter })
          : { recognizer: await open("wasm"), device, refusal: null };
      })();
      return (await this.#recognizer).refusal;
    });
  }

  /** Returns what a recording is known by. */
  hash(file: Blob): Promise<string> {
    return contentHash(file);
  }

  /** Decodes a recording, and tells of its picture as it comes. */
  open(file: Blob, onPicture: (update: PictureUpdate) => void): Promise<OpenedFile> {
    return named(() => openFile(file, onPicture));
  }

  /** Analyzes a file as the command line does. */
  analyze(
    file: Blob,
    speaker: Speaker | null,
    onProgress: (doneSec: number) => void,
  ): Promise<Analysis> {
    return named(async () => {
      const recognizer = await this.#loaded();
      return recognizer.analyze(file, { ...(speaker && { speaker }), onProgress });
    });
  }

  /** Says what moved the answer for a segment of a file; a question before that is under way rejects as cancelled. */
  explain(file: Blob, segment: Segment, onStep: OnStep): Promise<Explanation> {
    return named(async () => {
      await this.#loaded();
      return this.#explainer!.explain({ file, segment }, onStep);
    });
  }

  /** Measures a voice from neutral stretches of what was opened, in seconds. */
  enroll(wav: Blob, stretches: readonly Stretch[]): Promise<EnrolledSpeaker> {
    return named(async () => {
      const recognizer = await this.#loaded();
      const sounds: Samples[] = [];
      for (const stretch of stretches) sounds.push(await readWav(wav, { ...stretch, sampleRate }));
      return recognizer.enroll(sounds);
    });
  }

  /** Returns the spectrogram of ten seconds and less of what was opened, at `detailPerSec`: [columns, bands]. */
  async detail(wav: Blob, { startSec, endSec }: Stretch): Promise<Uint8Array> {
    const margin = 8; // columns at an end lie partly outside
    const marginSec = margin / detailPerSec;
    const stretch = { startSec: startSec - marginSec, endSec: endSec + marginSec, sampleRate };
    const { samples } = await readWav(wav, stretch);
    const columns = melColumns(samples, { sampleRate, perSec: detailPerSec });
    return columns.slice(margin * nMels, columns.length - margin * nMels);
  }

  /** Recognizes and records what comes at a port. */
  record(
    port: MessagePort,
    rate: number,
    onSegment: (event: SegmentEvent) => void,
  ): Promise<LiveResult> {
    return named(async () =>
      recordLive(await this.#loaded(), { port, sampleRate: rate, onSegment }),
    );
  }

  /** Returns a page of a recording, which needs nothing else. */
  recordingPage(input: PageInput): Promise<Blob> {
    return recordingPage(input);
  }

  async #loaded(): Promise<Recognizer> {
    if (this.#recognizer === undefined) throw new RangeError("No model is loaded.");
    return (await this.#recognizer).recognizer;
  }
}

/** @throws Error where a content policy does not allow WebAssembly */
function assertWasm(): void {
  // oxlint-disable-next-line no-new -- an empty module, which is compiled or refused
  new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
}

/** Whether the browser offers a graphics card to compute on. */
async function hasAdapter(): Promise<boolean> {
  if (!("gpu" in navigator)) return false;
  return (await navigator.gpu.requestAdapter().catch(() => null)) !== null;
}

/** A time of a recording. */
export interface Stretch {
  readonly startSec: number;
  readonly endSec: number;
}

expose(new StudioEngine());
