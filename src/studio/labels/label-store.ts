import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { storageError } from "../storage-error.ts";
import { applied, type LabelEdit, type LabeledSegment } from "./edits.ts";

/** The labels of one recording, as they are kept. */
export interface RecordingLabels {
  /** Name of the recording, for people. */
  readonly name: string;
  readonly segments: readonly LabeledSegment[];
}

/** Keeps labels; what several tabs write is kept in the order of their edits. */
export interface LabelStore {
  read(recordingId: string): Promise<RecordingLabels | undefined>;
  /**
   * Applies an edit to what is kept, and resolves to what it is now: without the edit where what it changes is no longer there.
   * @throws UndertoneError `disk-full`
   */
  edit(recordingId: string, name: string, edit: LabelEdit): Promise<readonly LabeledSegment[]>;
}

interface Schema extends DBSchema {
  recordings: { key: string; value: RecordingLabels };
}

/** Keeps labels in the browser's IndexedDB. */
export class IndexedLabels implements LabelStore {
  readonly #database: Promise<IDBPDatabase<Schema>>;

  constructor() {
    this.#database = openDB<Schema>("undertone-labels", 1, {
      upgrade(opened) {
        opened.createObjectStore("recordings");
      },
    });
  }

  async read(recordingId: string): Promise<RecordingLabels | undefined> {
    return (await this.#database).get("recordings", recordingId);
  }

  async edit(
    recordingId: string,
    name: string,
    edit: LabelEdit,
  ): Promise<readonly LabeledSegment[]> {
    const transaction = (await this.#database).transaction("recordings", "readwrite");
    try {
      const kept = (await transaction.store.get(recordingId))?.segments ?? [];
      const segments = applied(kept, edit) ?? kept;
      await Promise.all([transaction.store.put({ name, segments }, recordingId), transaction.done]);
      return segments;
    } catch (cause) {
      throw storageError(cause);
    }
  }
}
