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
 * and with as many folders before it as the pattern has; a field is as short as it can be, and ends at the text after it.
 * @throws UndertoneError `usage` for a pattern without fields, with two of one name or with nothing between two, and for
 *   a brace without its other one
 */
export function parseNamePattern(pattern: string): NamePattern {
  const names = [...pattern.matchAll(field)].map(([, name = ""]) => name.trim());
  const literals = pattern.split(/\{[^{}]*\}/);
  const problem = problemOf(names, literals);
  if (problem !== undefined) {
    const example = "Example: --name-pattern '{agent}_{date}_{customer}'.";
    throw new UndertoneError("usage", `--name-pattern ${pattern}: ${problem}. ${example}`);
  }
  const depth = pattern.split("/").length;
  return {
    names,
    match: (file) => {
      const name = file.replaceAll("\\", "/").split("/").slice(-depth).join("/");
      return valuesOf(name.replace(/\.[^./]*$/, ""), literals) ?? valuesOf(name, literals);
    },
  };
}

function problemOf(names: readonly string[], literals: readonly string[]): string | undefined {
  if (literals.some((literal) => /[{}]/.test(literal))) return "has a brace without its other one";
  if (names.length === 0) return "has no field";
  if (names.includes("")) return "has a field without a name";
  if (new Set(names).size < names.length) return "names a field twice";
  const gap = literals.slice(1, -1).indexOf("");
  if (gap === -1) return undefined;
  return `has nothing between {${names[gap]}} and {${names[gap + 1]}} that tells where one ends`;
}

/**
 * Returns what stands between the literals of a pattern, at least one character each and no slash; `undefined` where they
 * do not fit. Each literal is taken where it first occurs, the last one at the end.
 */
function valuesOf(name: string, literals: readonly string[]): string[] | undefined {
  const first = literals[0]!;
  const last = literals.at(-1)!;
  if (!name.startsWith(first) || !name.endsWith(last)) return undefined;
  const end = name.length - last.length;
  const values: string[] = [];
  let from = first.length;
  for (const literal of literals.slice(1, -1)) {
    const to = name.indexOf(literal, from + 1);
    if (to === -1) return undefined;
    values.push(name.slice(from, to));
    from = to + literal.length;
  }
  if (from >= end) return undefined;
  values.push(name.slice(from, end));
  return values.some((value) => value.includes("/")) ? undefined : values;
}
