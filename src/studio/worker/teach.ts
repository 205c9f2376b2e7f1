import { readModelCard } from "../../models/model-card.ts";
import type { EncoderName } from "../../models/encoder-layers.ts";
import { exportSelfContained } from "../../models/export/self-contained.ts";
import { neutralShares } from "../../recognition/reference-options.ts";
import { UndertoneError } from "../../shared/errors.ts";
import { webRuntime } from "../../web/index.ts";
import { encoderOpener, fetchEncoder } from "../../web/models.ts";
import { IndexedStore } from "../teach/indexed-store.ts";
import { current, endJob, runJob } from "../teach/run-job.ts";
import type { TaughtClip, TeachJob } from "../teach/taught-clip.ts";
import type { TaughtModel } from "../teach/taught-model.ts";
import type { TeachListener } from "../teach/teach-event.ts";
import { contentHash } from "./content-hash.ts";
import { named } from "./named.ts";

/** Name of the model that was trained last, among those of the page. */
export const taughtModelName = "taught";

const lockName = "undertone-teach";

/** A clip to keep, and its samples, mono at 16 kHz. */
export interface NewClip extends Omit<TaughtClip, "id" | "recordingId"> {
  /** By default the clip is a recording of its own. */
  readonly recordingId: string | null;
  readonly samples: Float32Array;
}

/** Training in the page, in its worker; what it keeps is shared by all tabs. Errors have an `UndertoneError`'s code as their name. */
export class Teacher {
  readonly #store = IndexedStore.open();
  #training: AbortController | undefined;

  /**
   * Trains a job, from where it stood if it was under way.
   * @param base address of the page, beside which models and runtime are
   * @throws UndertoneError `busy` while another tab trains, and as `runJob`
   */
  train(job: TeachJob, base: string, onEvent: TeachListener): Promise<TaughtModel> {
    return named(() =>
      navigator.locks.request(lockName, { ifAvailable: true }, (lock) => {
        if (lock !== null) return this.#run(job, base, onEvent);
        const message = "Another tab is training. Wait until it is done, or cancel it there.";
        throw new UndertoneError("busy", message);
      }),
    );
  }

  /**
   * Goes on with the training whose tab was closed, as soon as no other tab trains.
   * @returns its model; `null` where there is none to go on with
   * @throws UndertoneError as `train`, but not `busy`
   */
  goOn(base: string, onEvent: TeachListener): Promise<TaughtModel | null> {
    return named(() =>
      navigator.locks.request(lockName, async () => {
        const job = await (await this.#store).get("job", current);
        return job === undefined ? null : this.#run(job, base, onEvent);
      }),
    );
  }

  /** Stops the training of this tab after the step that it is at; what it has done is forgotten. */
  cancel(): void {
    this.#training?.abort();
  }

  async #run(job: TeachJob, base: string, onEvent: TeachListener): Promise<TaughtModel> {
    onEvent({ stage: "start" });
    const store = await this.#store;
    const runtime = webRuntime({ wasmPaths: new URL("ort/", base).href });
    const openEncoder = encoderOpener(runtime, {
      modelsUrl: new URL("models/", base),
      onProgress: ({ done, total }) => onEvent({ stage: "download", done, total: total ?? null }),
    });
    this.#training = new AbortController();
    const { signal } = this.#training;
    try {
      return await runJob(job, { runtime, openEncoder, store }, { onEvent, signal });
    } finally {
      if (signal.aborted) await endJob(store);
    }
  }

  /** Resolves to the model that was trained last. */
  async model(): Promise<TaughtModel | null> {
    return (await (await this.#store).get("model", current)) ?? null;
  }

  /** Returns an address of the model that was trained last. @throws UndertoneError `model-invalid` where there is none */
  async address(): Promise<string> {
    const model = await this.model();
    if (model !== null) return URL.createObjectURL(new Blob([model.bytes]));
    throw new UndertoneError(
      "model-invalid",
      "No model was taught in this browser. Choose another.",
    );
  }

  /** Resolves to the clips that are kept. */
  async clips(): Promise<TaughtClip[]> {
    return (await this.#store).all("clips");
  }

  /** Keeps clips, by the hash of their sound, in place of those with the same one. @throws UndertoneError `disk-full` */
  keep(added: readonly NewClip[]): Promise<TaughtClip[]> {
    return named(async () => {
      const store = await this.#store;
      const kept: TaughtClip[] = [];
      for (const { samples, recordingId, ...clip } of added) {
        const id = await contentHash(new Blob([Float32Array.from(samples)]));
        const whole = { ...clip, id, recordingId: recordingId ?? id };
        await store.put("samples", id, samples);
        await store.put("clips", id, whole);
        kept.push(whole);
      }
      return kept;
    });
  }

  async remove(clips: readonly TaughtClip[]): Promise<void> {
    const store = await this.#store;
    for (const { id } of clips) {
      await store.delete("clips", id);
      await store.delete("samples", id);
    }
  }

  /** Returns the last model with its encoder as one ONNX file, for runtimes that know nothing of encoders. */
  selfContained(base: string): Promise<Uint8Array> {
    return named(async () => {
      const model = await this.model();
      if (model === null) throw new RangeError("selfContained: no model was trained");
      const encoders = new Map<EncoderName, Uint8Array>();
      for (const { name } of readModelCard(model.bytes).encoders ?? []) {
        encoders.set(name, await fetchEncoder(name, { modelsUrl: new URL("models/", base) }));
      }
      return exportSelfContained(model.bytes, { encoders, neutralShare: neutralShares.high });
    });
  }
}
