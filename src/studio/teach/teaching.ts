import { proxy } from "comlink";
import { signal } from "@preact/signals";
import { keptSetting } from "../kept-setting.ts";
import { labeler } from "../labels/label-settings.ts";
import { labels } from "../labels/page-labels.ts";
import { sentenceOf } from "../sentences.ts";
import { models } from "../state/models.ts";
import { analyzeAgain } from "../state/open-recording.ts";
import { recordings } from "../state/recordings.ts";
import { strings } from "../strings.ts";
import { engine } from "../worker/client.ts";
import { taughtModelName, type NewClip } from "../worker/teach.ts";
import { fileClip, labeledClips, type LabeledFile } from "./new-clips.ts";
import { recordClip } from "./record-clip.ts";
import {
  encoderNames,
  taughtKinds,
  type TaughtClip,
  type TaughtKind,
  type TeachJob,
} from "./taught-clip.ts";
import type { TaughtModel } from "./taught-model.ts";
import type { TeachEvent, TeachListener } from "./teach-event.ts";

/** What is going on. */
export type TeachState =
  | { readonly is: "idle" }
  | { readonly is: "recording"; readonly label: string; readonly doneSec: number }
  | { readonly is: "reading"; readonly done: number; readonly total: number }
  | { readonly is: "training"; readonly event: TeachEvent };

/** Where a curve goes: losses by iteration or epoch, and recall on the held-out fold by epoch. */
export interface CurvePoint {
  readonly at: number;
  readonly loss: number;
  readonly validationUar: number | null;
}

const oneOf =
  <Name extends string>(names: readonly Name[]) =>
  (value: unknown): value is Name =>
    names.some((name) => name === value);

const isEpochs = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 500;

const isModelName = (value: unknown): value is string =>
  typeof value === "string" && /^[a-z0-9][a-z0-9+-]*$/.test(value);

/** What is recorded of a class at a time, in seconds. */
export const clipSec = 3;

/** Teaching in the page. */
class Teaching {
  readonly kind = keptSetting<TaughtKind>(
    "undertone-teach-kind",
    "linear-probe",
    oneOf(taughtKinds),
  );
  readonly encoder = keptSetting("undertone-teach-encoder", "moonshine-base", oneOf(encoderNames));
  readonly epochs = keptSetting("undertone-teach-epochs", 30, isEpochs);
  readonly name = keptSetting("undertone-teach-name", "my-model", isModelName);
  /** That are kept; those of labels come when training starts. */
  readonly clips = signal<readonly TaughtClip[]>([]);
  readonly state = signal<TeachState>({ is: "idle" });
  readonly curve = signal<readonly CurvePoint[]>([]);
  readonly model = signal<TaughtModel | null>(null);
  readonly problem = signal<string | null>(null);

  /** Shows what is kept, and goes on with a training whose tab was closed. */
  async open(): Promise<void> {
    if (this.state.peek().is !== "idle") return;
    await this.#guarded(async () => {
      this.clips.value = await engine.teach.clips();
      this.model.value = await engine.teach.model();
      await this.#taught(engine.teach.goOn(document.baseURI, this.#listener()));
    });
  }

  setName(name: string): void {
    const valid = name
      .toLowerCase()
      .replaceAll(/[^a-z0-9+-]+/g, "-")
      .replace(/^[+-]+/, "");
    if (isModelName(valid)) this.name.value = valid;
  }

  setEpochs(epochs: number): void {
    if (isEpochs(epochs)) this.epochs.value = epochs;
  }

  /** Adds the files of a folder for each class; those that cannot be read are told. */
  async addFiles(files: readonly LabeledFile[]): Promise<void> {
    await this.#guarded(async () => {
      const bad: string[] = [];
      for (const [done, file] of files.entries()) {
        this.state.value = { is: "reading", done, total: files.length };
        try {
          await this.#keep([await fileClip(file)]);
        } catch (error) {
          bad.push(`${file.name}: ${sentenceOf(error)}`);
        }
      }
      if (bad.length > 0) this.problem.value = strings.teach.leftOut(bad);
      if (files.length === 0) this.problem.value = strings.teach.noFolders;
    });
  }

  /** Adds a few seconds of the microphone. */
  async record(label: string): Promise<void> {
    await this.#guarded(async () => {
      const onProgress = (doneSec: number): void => {
        this.state.value = { is: "recording", label, doneSec };
      };
      onProgress(0);
      const wav = await recordClip(clipSec, onProgress);
      const name = `${label} ${this.clips.peek().length + 1}`;
      await this.#keep([await fileClip({ file: wav, name, label, speaker: null })]);
    });
  }

  /** Takes away all clips of a label that are kept. */
  async remove(label: string): Promise<void> {
    await this.#guarded(async () => {
      await engine.teach.remove(this.clips.peek().filter((clip) => clip.label === label));
      this.clips.value = await engine.teach.clips();
    });
  }

  async train(): Promise<void> {
    await this.#guarded(async () => this.#gather());
    if (this.problem.peek() !== null) return;
    await this.#train({
      kind: this.kind.peek(),
      encoder: this.encoder.peek(),
      name: this.name.peek(),
      clips: this.clips.peek(),
      epochs: this.epochs.peek(),
    });
  }

  cancel(): Promise<void> {
    return engine.teach.cancel();
  }

  /** Analyzes with the model that was taught. */
  async use(): Promise<void> {
    models.choose({ ...models.choice.peek(), model: taughtModelName });
    await models.ready().catch(() => undefined); // its state says what is wrong
    await analyzeAgain();
  }

  /** Keeps the labeled clips of the recordings that are open, in place of those that were kept of them. */
  async #gather(): Promise<void> {
    const open = recordings.peek();
    for (const [done, recording] of open.entries()) {
      this.state.value = { is: "reading", done, total: open.length };
      labels.of(recording.id);
      await labels.settled();
      const labeled = await labeledClips(recording, labeler.peek());
      const before = this.clips.peek().filter(({ recordingId }) => recordingId === recording.id);
      if (recording.wav.peek() !== null) await engine.teach.remove(before);
      await this.#keep(labeled);
    }
  }

  async #keep(clips: readonly NewClip[]): Promise<void> {
    await engine.teach.keep(clips);
    this.clips.value = await engine.teach.clips();
  }

  async #train(job: TeachJob): Promise<void> {
    await this.#guarded(async () => {
      this.#show({ stage: "start" });
      await this.#taught(engine.teach.train(job, document.baseURI, this.#listener()));
    });
  }

  /** Shows the model that a training gives; the one of another tab, where it gives none. */
  async #taught(training: Promise<TaughtModel | null>): Promise<void> {
    const own = await training;
    this.model.value = own ?? (await engine.teach.model());
    if (own !== null) void this.use();
  }

  #listener(): TeachListener {
    return proxy((event: TeachEvent) => this.#show(event));
  }

  #show(event: TeachEvent): void {
    this.state.value = { is: "training", event };
    const points = this.curve.peek();
    if (event.stage === "start") this.curve.value = [];
    if (event.stage === "fit") {
      const { iteration: at, loss } = event;
      this.curve.value = [...(at === 0 ? [] : points), { at, loss, validationUar: null }];
    } else if (event.stage === "epoch" && event.validationUar !== null) {
      const { epoch: at, loss, validationUar } = event;
      this.curve.value = [...points, { at, loss, validationUar }];
    }
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    this.problem.value = null;
    try {
      await work();
    } catch (error) {
      const isCancelled = error instanceof Error && error.name === "cancelled";
      this.problem.value = isCancelled ? null : sentenceOf(error);
    }
    this.state.value = { is: "idle" };
  }
}

export const teaching = new Teaching();
