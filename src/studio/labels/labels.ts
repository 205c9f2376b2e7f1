import { signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { UndertoneError } from "../../shared/errors.ts";
import {
  applied,
  labeling,
  moving,
  reversed,
  splitting,
  type LabelEdit,
  type LabeledSegment,
  type Target,
} from "./edits.ts";
import type { LabelStore } from "./label-store.ts";

/** What labels need of a recording. */
export interface LabeledRecording {
  readonly id: string;
  readonly name: string;
  readonly durationSec: number;
}

/** Tells other tabs which recording's labels have changed. */
export type LabelChannel = Pick<BroadcastChannel, "postMessage" | "addEventListener">;

interface Done {
  readonly recording: LabeledRecording;
  readonly edit: LabelEdit;
}

/** What can be undone of a recording's labels, and done again. */
export interface LabelHistory {
  readonly canUndo: ReadonlySignal<boolean>;
  readonly canRedo: ReadonlySignal<boolean>;
}

class History implements LabelHistory {
  readonly canUndo = signal(false);
  readonly canRedo = signal(false);
  readonly done: Done[] = [];
  readonly undone: Done[] = [];

  tell(): void {
    this.canUndo.value = this.done.length > 0;
    this.canRedo.value = this.undone.length > 0;
  }
}

/** Why what was edited may be lost. */
export type LabelProblem = "storage-full" | "not-kept" | "changed-elsewhere";

/** People's labels of all recordings: kept as they are made, the same in all tabs; those of a recording are undone in the order of this tab. */
export class Labels {
  /** `null` while all is well. */
  readonly problem = signal<LabelProblem | null>(null);
  /** Whether something that was edited is not kept yet. */
  readonly isKeeping = signal(false);
  readonly #recordings = new Map<string, Signal<readonly LabeledSegment[]>>();
  readonly #store: LabelStore;
  readonly #channel: LabelChannel;
  /** Edits of a recording that are not kept yet: those that could not be are tried again with the next one. */
  readonly #waiting = new Map<string, LabelEdit[]>();
  readonly #histories = new Map<string, History>();
  #queue: Promise<void> = Promise.resolve();

  constructor(store: LabelStore, channel: LabelChannel) {
    this.#store = store;
    this.#channel = channel;
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (typeof data === "string" && this.#recordings.has(data)) this.#load(data);
    });
  }

  /** Returns the labels of all people; none until they are loaded. */
  of(recordingId: string): ReadonlySignal<readonly LabeledSegment[]> {
    return this.#signalOf(recordingId);
  }

  /** Gives a time a label, or with `null` takes it away. */
  relabel(
    recording: LabeledRecording,
    target: Target & Pick<LabeledSegment, "by">,
    label: string | null,
  ): void {
    this.#do({ recording, edit: labeling(this.of(recording.id).peek(), target, label) });
  }

  /** Moves an end of a segment. */
  move(
    recording: LabeledRecording,
    segment: LabeledSegment,
    to: { readonly edge: "start" | "end"; readonly toSec: number },
  ): void {
    const place = { ...to, durationSec: recording.durationSec };
    this.#do({ recording, edit: moving(this.of(recording.id).peek(), segment, place) });
  }

  /** Cuts a segment in two. */
  split(recording: LabeledRecording, segment: LabeledSegment, atSec: number): void {
    const edit = splitting(segment, atSec);
    if (edit) this.#do({ recording, edit });
  }

  /** Returns what can be undone of a recording. */
  historyOf(recordingId: string): LabelHistory {
    return this.#historyOf(recordingId);
  }

  undo(recordingId: string): void {
    const { done, undone } = this.#historyOf(recordingId);
    this.#repeat(done, undone);
  }

  redo(recordingId: string): void {
    const { done, undone } = this.#historyOf(recordingId);
    this.#repeat(undone, done);
  }

  /** Resolves once all that was edited is kept, or has failed to be. */
  settled(): Promise<void> {
    return this.#queue;
  }

  #do(done: Done): void {
    const { before, after } = done.edit;
    if (JSON.stringify(before) === JSON.stringify(after)) return;
    const history = this.#historyOf(done.recording.id);
    history.done.push(done);
    history.undone.length = 0;
    this.#apply(done);
  }

  #repeat(from: Done[], to: Done[]): void {
    const last = from.pop();
    if (last === undefined) return;
    const back = { ...last, edit: reversed(last.edit) };
    to.push(back);
    this.#apply(back);
  }

  #apply({ recording, edit }: Done): void {
    const { id, name } = recording;
    this.#historyOf(id).tell();
    const shown = this.#signalOf(id);
    const next = applied(shown.peek(), edit);
    this.problem.value = next === null ? "changed-elsewhere" : null;
    if (next === null) return;
    shown.value = next;
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.set(id, waiting);
    waiting.push(edit);
    this.isKeeping.value = true;
    this.#enqueue(async () => {
      try {
        while (waiting.length > 0) {
          const kept = await this.#store.edit(id, name, waiting[0]!);
          waiting.shift();
          // What another tab has made of it meanwhile counts.
          if (waiting.length === 0) shown.value = kept;
        }
        this.isKeeping.value = [...this.#waiting.values()].some(({ length }) => length > 0);
        this.#channel.postMessage(id);
      } catch (error) {
        const isFull = error instanceof UndertoneError && error.code === "disk-full";
        this.problem.value = isFull ? "storage-full" : "not-kept";
      }
    });
  }

  #historyOf(recordingId: string): History {
    const history = this.#histories.get(recordingId) ?? new History();
    this.#histories.set(recordingId, history);
    return history;
  }

  #signalOf(recordingId: string): Signal<readonly LabeledSegment[]> {
    let known = this.#recordings.get(recordingId);
    if (known === undefined) {
      known = signal([]);
      this.#recordings.set(recordingId, known);
      this.#load(recordingId);
    }
    return known;
  }

  #load(recordingId: string): void {
    this.#enqueue(async () => {
      try {
        const kept = await this.#store.read(recordingId);
        const isWaiting = (this.#waiting.get(recordingId) ?? []).length > 0; // what is kept comes with it
        if (kept && !isWaiting) this.#recordings.get(recordingId)!.value = kept.segments;
      } catch {
        this.problem.value = "not-kept";
      }
    });
  }

  /** Does work once all before it is done. */
  #enqueue(work: () => Promise<void>): void {
    const before = this.#queue;
    this.#queue = (async () => {
      await before;
      await work();
    })();
  }
}
