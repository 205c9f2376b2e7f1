import type { ProgressDisplay } from "./progress.ts";

/** Warnings about files, by what they say. */
export class FileWarnings {
  readonly #files = new Map<string, string[]>();

  add(file: string, warnings: readonly string[]): void {
    for (const warning of warnings) {
      const files = this.#files.get(warning);
      if (files) files.push(file);
      else this.#files.set(warning, [file]);
    }
  }

  /** Shows each warning once: with its file, or how many files it is about. */
  show(display: ProgressDisplay): void {
    for (const [warning, files] of this.#files) {
      const [first, second] = files;
      display.warn(`${second === undefined ? first : `${files.length} files`}: ${warning}`);
    }
  }
}
