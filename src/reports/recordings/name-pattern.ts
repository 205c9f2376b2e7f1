import { UndertoneError } from "../../shared/errors.ts";

/** Fields that a pattern finds in the names of files. */
export interface NamePattern {
  readonly names: readonly string[];
  /** Returns the value of each field; `undefined` for a file that does not match. */
  match(file: string): string[] | undefined;
}

const field = /\{([^{}]*)\}/g;

/**
 * Reads a pattern such as `{agent}_{date}_{customer}`. It is matched with the whole name of a file, without its extension,
 * and with as many folders before it as the pattern has; a field is as short as it can be.
 * @throws UndertoneError `usage` for a pattern without fields, or with two of one name
 */
export function parseNamePattern(pattern: string): NamePattern {
  const names = [...pattern.matchAll(field)].map(([, name = ""]) => name.trim());
  const problem =
    names.length === 0
      ? "has no field"
      : names.includes("")
        ? "has a field without a name"
        : new Set(names).size < names.length
          ? "names a field twice"
          : undefined;
  if (problem !== undefined) {
    const example = "Example: --name-pattern '{agent}_{date}_{customer}'.";
    throw new UndertoneError("usage", `--name-pattern ${pattern}: ${problem}. ${example}`);
  }
  const source = pattern.split(field).map((part, n) => (n % 2 === 1 ? "([^/]+?)" : literal(part)));
  const expression = new RegExp(`^${source.join("")}$`, "su");
  const depth = pattern.split("/").length;
  return {
    names,
    match: (file) => {
      const name = file.replaceAll("\\", "/").split("/").slice(-depth).join("/");
      const found = expression.exec(name.replace(/\.[^./]*$/, "")) ?? expression.exec(name);
      return found?.slice(1);
    },
  };
}

const literal = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}/]/g, "\\$&");
