import type { Kept, KeptKind, TeachStore } from "../../src/studio/teach/teach-store.ts";

/** Keeps what teaching keeps in memory. */
export class MemoryStore implements TeachStore {
  readonly #kept = new Map<string, unknown>();

  async get<Kind extends KeptKind>(kind: Kind, key: string): Promise<Kept[Kind] | undefined> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was put under this kind
    return this.#kept.get(`${kind}/${key}`) as Kept[Kind] | undefined;
  }

  async all<Kind extends KeptKind>(kind: Kind): Promise<Kept[Kind][]> {
    const own = [...this.#kept].filter(([key]) => key.startsWith(`${kind}/`));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was put under this kind
    return own.map(([, value]) => value as Kept[Kind]);
  }

  async put<Kind extends KeptKind>(kind: Kind, key: string, value: Kept[Kind]): Promise<void> {
    this.#kept.set(`${kind}/${key}`, value);
  }

  async delete(kind: KeptKind, key: string): Promise<void> {
    this.#kept.delete(`${kind}/${key}`);
  }

  async clear(kind: KeptKind): Promise<void> {
    for (const key of this.#kept.keys()) if (key.startsWith(`${kind}/`)) this.#kept.delete(key);
  }
}
