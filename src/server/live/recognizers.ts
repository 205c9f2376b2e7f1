import type { Recognizer } from "../../recognition/recognizer.ts";
import { UndertoneError } from "../../shared/errors.ts";

interface Loaded {
  readonly recognizer: Promise<Recognizer>;
  streams: number;
}

/** Recognizers in threads of their own, each loaded when all others have a stream, and shared when there are no more. */
export class Recognizers {
  readonly #load: () => Promise<Recognizer>;
  readonly #most: number;
  readonly #loaded = new Set<Loaded>();

  constructor(load: () => Promise<Recognizer>, most: number) {
    this.#load = load;
    this.#most = most;
  }

  /** Does the work of a stream. @throws UndertoneError what loading the models throws */
  async use<Result>(work: (recognizer: Recognizer) => Promise<Result>): Promise<Result> {
    const loaded = this.#choose();
    loaded.streams++;
    try {
      return await work(await loaded.recognizer);
    } catch (error) {
      // A thread that ended, or models that could not be loaded, may do better when they are started anew.
      if (!(error instanceof UndertoneError)) this.#loaded.delete(loaded);
      throw error;
    } finally {
      loaded.streams--;
      if (loaded.streams === 0 && !this.#loaded.has(loaded)) await closed(loaded);
    }
  }

  /** Frees all that is loaded; what is in use, when its streams have ended. */
  async close(): Promise<void> {
    const unused = [...this.#loaded].filter(({ streams }) => streams === 0);
    this.#loaded.clear();
    await Promise.all(unused.map(closed));
  }

  #choose(): Loaded {
    const [least] = [...this.#loaded].toSorted((a, b) => a.streams - b.streams);
    if (least && (least.streams === 0 || this.#loaded.size >= this.#most)) return least;
    const loaded: Loaded = { recognizer: this.#load(), streams: 0 };
    this.#loaded.add(loaded);
    loaded.recognizer.catch(() => this.#loaded.delete(loaded));
    return loaded;
  }
}

async function closed({ recognizer }: Loaded): Promise<void> {
  const opened = await recognizer.catch(() => undefined);
  await opened?.close();
}
