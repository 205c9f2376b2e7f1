import { concatenate } from "../../audio/blocks.ts";
import { readMono } from "../../audio/read-mono.ts";
import type { Runtime } from "../../graph/session.ts";
import { exportSelfContained } from "../../models/self-contained.ts";
import type { OpenEncoder } from "../../models/speech-encoder.ts";
import { UndertoneError } from "../../shared/errors.ts";
import { blobSource } from "../../recognition/audio-input.ts";
import { IndexedStore } from "../teach/indexed-store.ts";
import { current, endJob, runJob } from "../teach/run-job.ts";
import type { TaughtClip, TaughtEncoder, TeachJob } from "../teach/taught-clip.ts";
import type { TaughtModel } from "../teach/taught-model.ts";
import type { TeachListener } from "../teach/teach-event.ts";

/** Hz: of all taught clips. */
export const taughtRate = 16_000;

/** What training in the page needs of the page. */
export interface TeacherTools {
  readonly runtime: Runtime;
  readonly openEncoder: OpenEncoder;
  /** Fetches an encoder's file. */
  readonly encoderFile: (encoder: TaughtEncoder) => Promise<Uint8Array>;
}

/** Training in the page, in its worker; what it keeps is shared by all tabs. */
export class Teacher {
  readonly #tools: TeacherTools;
  readonly #store = IndexedStore.open();
  #training: AbortController | undefined;

  constructor(tools: TeacherTools) {
    this.#tools = tools;
  }

  /**
   * Trains a job, from where it stood if it was under way.
   * @throws UndertoneError `busy` while another tab trains, and as `runJob`
   */
  async train(job: TeachJob, onEvent: TeachListener): Promise<TaughtModel> {
    const store = await this.#store;
    return navigator.locks.request("undertone-teach", { ifAvailable: true }, async (lock) => {
      if (lock === null) {
        const message = "Another tab is training. Wait until it has finished, or cancel it there.";
        throw new UndertoneError("busy", message);
      }
      this.#training = new AbortController();
      const { signal } = this.#training;
      return runJob(job, { ...this.#tools, store }, { onEvent, signal });
    });
  }

  /** Stops the training after the step that it is at, and forgets what it has done. */
  async cancel(): Promise<void> {
    this.#training?.abort();
    await navigator.locks.request("undertone-teach", async () => endJob(await this.#store));
  }

  /** Returns the training that was under way when its tab was closed. */
  async unfinished(): Promise<TeachJob | undefined> {
    return (await this.#store).get("job", current);
  }

  /** Returns the model that was trained last. */
  async model(): Promise<TaughtModel | undefined> {
    return (await this.#store).get("model", current);
  }

  /** Returns the clips that were taught by folder or microphone. */
  async clips(): Promise<TaughtClip[]> {
    return (await this.#store).all("clips");
  }

  /** Keeps clips with their samples, mono at 16 kHz. @throws UndertoneError `disk-full` */
  async keep(clips: readonly TaughtClip[], samples: readonly Float32Array[]): Promise<void> {
    const store = await this.#store;
    for (const [index, clip] of clips.entries()) {
      await store.put("samples", clip.id, samples[index]!);
      await store.put("clips", clip.id, clip);
    }
  }

  async remove(clip: TaughtClip): Promise<void> {
    const store = await this.#store;
    await store.delete("clips", clip.id);
    await store.delete("samples", clip.id);
  }

  /** Returns the samples of a sound file, mono at 16 kHz. @throws UndertoneError what decoding throws */
  async decode(file: Blob): Promise<Float32Array> {
    const blocks: Float32Array[] = [];
    const reading = readMono(blobSource(file), { sampleRate: taughtRate });
    for await (const block of reading) blocks.push(block);
    return concatenate(blocks);
  }

  /** Returns the last model with its encoder as one ONNX file, for runtimes that know nothing of encoders. */
  async selfContained(encoder: TaughtEncoder): Promise<Uint8Array> {
    const model = await this.model();
    if (model === undefined) throw new RangeError("selfContained: no model was trained");
    return exportSelfContained(model.bytes, await this.#tools.encoderFile(encoder));
  }
}
