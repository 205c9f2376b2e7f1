import { basename, resolve } from "node:path";

/** A run with its name, which all runs of one recipe share. */
interface NamedRun {
  readonly name: string;
  readonly runFolder: string;
}

/** Returns a name for each run: its own, its folder's where several have that, the whole path where folders share a name too. */
export function distinctNames(runs: readonly NamedRun[]): string[] {
  const names = runs.map(({ name }) => name);
  const folders = runs.map(({ runFolder }) => basename(resolve(runFolder)));
  const short = names.map((name, run) => (isOnly(name, names) ? name : folders[run]!));
  return short.map((name, run) => (isOnly(name, short) ? name : runs[run]!.runFolder));
}

const isOnly = (name: string, names: readonly string[]): boolean =>
  names.indexOf(name) === names.lastIndexOf(name);
