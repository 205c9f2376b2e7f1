import { openDB, type IDBPDatabase } from "idb";
import { storageError } from "../storage-error.ts";
import type { Kept, KeptKind, TeachStore } from "./teach-store.ts";

const kinds: readonly KeptKind[] = ["samples", "features", "clips", "job", "progress", "model"];

/** Keeps what teaching keeps in the browser's IndexedDB. */
export class IndexedStore implements TeachStore {
  readonly #database: IDBPDatabase;

  private constructor(database: IDBPDatabase) {
    this.#database = database;
  }

  static async open(): Promise<IndexedStore> {
    const database = await openDB("undertone-teach", 1, {
      upgrade(opened) {
        for (const kind of kinds) opened.createObjectStore(kind);
      },
    });
    return new IndexedStore(database);
  }

  async get<Kind extends KeptKind>(kind: Kind, key: string): Promise<Kept[Kind] | undefined> {
    const kept: Kept[Kind] | undefined = await this.#database.get(kind, key);
    return kept;
  }

  async all<Kind extends KeptKind>(kind: Kind): Promise<Kept[Kind][]> {
    const kept: Kept[Kind][] = await this.#database.getAll(kind);
    return kept;
  }

  async put<Kind extends KeptKind>(kind: Kind, key: string, value: Kept[Kind]): Promise<void> {
    await this.#database.put(kind, value, key).catch((cause: unknown) => {
      throw storageError(cause);
    });
  }

  async delete(kind: KeptKind, key: string): Promise<void> {
    await this.#database.delete(kind, key);
  }

  async clear(kind: KeptKind): Promise<void> {
    await this.#database.clear(kind);
  }
}
