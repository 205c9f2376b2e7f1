import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { nameIn } from "../../datasets/join-corpora.ts";
import type { Clip } from "../../datasets/manifest.ts";
import { readCorpus, type Corpus } from "../../datasets/read-corpus.ts";
import type { RunInfo } from "../../runs/run-folder.ts";
import { UndertoneError } from "../../shared/errors.ts";
import type { CorpusRow, SoundOf } from "../api.ts";
import { Refusal } from "../refusal.ts";

interface ReadOnce {
  readonly changedMs: number;
  readonly corpus: Promise<Corpus>;
}

/** The corpora that the studio shows: those that it was given, and those that its runs were trained on. */
export class Corpora {
  readonly #pathsOfRuns: () => Promise<readonly string[]>;
  readonly #given: readonly string[];
  readonly #read = new Map<string, ReadOnce>();

  constructor(given: readonly string[], pathsOfRuns: () => Promise<readonly string[]>) {
    this.#given = given;
    this.#pathsOfRuns = pathsOfRuns;
  }

  /** Resolves to the corpora, each once. */
  async list(): Promise<CorpusRow[]> {
    const paths = [...this.#given, ...(await this.#pathsOfRuns())].map((path) => resolve(path));
    return [...new Set(paths)].map((path) => ({ id: idOf(path), path }));
  }

  /** Resolves to the path of a corpus. @throws Refusal `not-found` */
  async pathOf(id: string): Promise<string> {
    const row = (await this.list()).find((each) => each.id === id);
    if (row) return row.path;
    throw new Refusal("not-found", `There is no corpus ${id}. Give its folder by --data.`);
  }

  /** Resolves to a corpus, read anew when its folder or table has changed. @throws as `readCorpus` */
  async read(id: string): Promise<Corpus> {
    const path = await this.pathOf(id);
    const stats = await stat(path).catch(() => undefined);
    const changedMs = stats?.mtimeMs ?? 0;
    const known = this.#read.get(path);
    if (known?.changedMs === changedMs) return known.corpus;
    const corpus = readCorpus(path, { keepDefects: true });
    this.#read.set(path, { changedMs, corpus });
    return corpus;
  }

  /** @throws Refusal `not-found`, and as `readCorpus` */
  async clip(id: string, clipId: string): Promise<Clip> {
    const { clips } = await this.read(id);
    const clip = clips.find((each) => each.id === clipId);
    if (clip) return clip;
    throw new Refusal("not-found", `There is no clip ${clipId} in this corpus.`);
  }

  /** Resolves to where the clips of a run can be heard, by their ids in the run; a corpus that cannot be read has none. */
  async locate({ corpus, corpora = [corpus] }: RunInfo): Promise<Map<string, SoundOf>> {
    const located = new Map<string, SoundOf>();
    for (const { id: corpusId } of await this.list()) {
      for (const clip of await this.#clipsOrNone(corpusId)) {
        const { id: clipId, corpus: name = "" } = clip;
        if (!corpora.includes(name)) continue;
        const inRun = corpora.length > 1 ? nameIn(name, clipId) : clipId;
        if (!located.has(inRun)) located.set(inRun, { corpusId, clipId });
      }
    }
    return located;
  }

  async #clipsOrNone(id: string): Promise<readonly Clip[]> {
    try {
      return (await this.read(id)).clips;
    } catch (error) {
      if (error instanceof UndertoneError) return [];
      throw error;
    }
  }
}

/** The same for the same path, so that a page that is reloaded finds it. */
function idOf(path: string): string {
  const digest = createHash("sha256").update(path).digest("hex").slice(0, 8);
  return `${basename(path).replaceAll(/[^\w.-]/g, "-")}-${digest}`;
}
