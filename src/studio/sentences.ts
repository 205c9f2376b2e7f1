import { strings } from "./strings.ts";

const remedies: Readonly<Record<string, string>> = strings.errors.byName;

/** Returns what a person is told of an error, and what to do. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return strings.errors.unknown;
  const own = remedies[error.name];
  if (own !== undefined) return own;
  if (/WebAssembly|wasm/i.test(error.message)) return strings.errors.noWasm;
  return error.message || strings.errors.unknown;
}
