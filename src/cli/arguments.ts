import { parseArgs } from "node:util";
import type { ArgsDef, Resolvable, SubCommandsDef } from "citty";
import { UndertoneError } from "../shared/errors.ts";
import { suggestion } from "./suggest.ts";

/** A command of any arguments, as citty keeps it in `subCommands`. */
export type AnyCommand = Exclude<
  Awaited<SubCommandsDef[string]>,
  (...parameters: never[]) => unknown
>;

/** The command that a line names, the names that lead to it, and what is left of the line for it. */
export interface ResolvedCommand {
  readonly command: AnyCommand;
  readonly path: readonly string[];
  readonly rest: readonly string[];
}

function isFactory<T>(
  value: Resolvable<T> | undefined,
): value is Resolvable<T> & (() => T | Promise<T>) {
  return typeof value === "function";
}

/** What a citty definition holds: a value, a promise, or a function that gives either. */
export async function resolved<T>(value: Resolvable<T> | undefined): Promise<T | undefined> {
  return isFactory(value) ? value() : value;
}

/**
 * Follows the names at the start of the line down the tree of commands.
 * @throws UndertoneError `usage` for a name that no command has
 */
export async function resolveCommand(
  root: AnyCommand,
  line: readonly string[],
): Promise<ResolvedCommand> {
  let found: ResolvedCommand = { command: root, path: [], rest: line };
  for (;;) {
    const subCommands = (await resolved<SubCommandsDef>(found.command.subCommands)) ?? {};
    const [name, ...rest] = found.rest;
    const names = Object.keys(subCommands);
    if (names.length === 0 || name === undefined || name.startsWith("-")) return found;
    if (!names.includes(name)) {
      throw new UndertoneError(
        "usage",
        `There is no command "${name}".${suggestion(name, names)} Commands: ${names.join(", ")}.`,
      );
    }
    const command = (await resolved(subCommands[name]))!;
    found = { command, path: [...found.path, name], rest };
  }
}

const kebab = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const looksLikeOption = (value: string): boolean =>
  value.startsWith("-") && value.length > 1 && Number.isNaN(Number(value));

/**
 * Refuses what citty would pass over: unknown options, options without their value,
 * values for switches, and more arguments than the command takes.
 * @throws UndertoneError `usage`
 */
export function checkArguments(
  args: ArgsDef,
  line: readonly string[],
  { variadic = false }: { readonly variadic?: boolean | undefined } = {},
): void {
  const kinds = new Map<string, "string" | "boolean">();
  const aliases = new Map<string, string>();
  let positionals = 0;
  for (const [name, { type, ...definition }] of Object.entries(args)) {
    if (type === "positional") {
      positionals++;
      continue;
    }
    const kind = type === "string" || type === "enum" ? "string" : "boolean";
    for (const spelling of [name, kebab(name)]) kinds.set(spelling, kind);
    for (const alias of "alias" in definition ? [definition.alias ?? []].flat() : []) {
      kinds.set(alias, kind);
      if (alias.length === 1) aliases.set(name, alias);
    }
    if (kind === "boolean") kinds.set(`no-${kebab(name)}`, kind);
  }
  const options = Object.fromEntries(
    [...kinds].map(([name, type]) => {
      const short = aliases.get(name);
      return [name, short === undefined ? { type } : { type, short }];
    }),
  );
  const { tokens } = parseArgs({ args: [...line], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "option") checkOption(token, kinds, optionsOf(args));
    if (token.kind === "positional" && positionals-- <= 0 && !variadic) {
      throw new UndertoneError("usage", `Unexpected argument "${token.value}".`);
    }
  }
}

const optionsOf = (args: ArgsDef): string[] =>
  Object.entries(args).flatMap(([name, { type }]) =>
    type === "positional" ? [] : [`--${kebab(name)}`],
  );

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkOption(
  { name, rawName, value, inlineValue }: OptionToken,
  kinds: ReadonlyMap<string, "string" | "boolean">,
  options: readonly string[],
): void {
  const kind = kinds.get(name);
  if (kind === undefined) {
    const all = [...options, "--help", "--version", "--verbose"];
    const near = suggestion(rawName, all) || ` Options: ${all.join(", ")}.`;
    throw new UndertoneError("usage", `There is no option ${rawName}.${near}`);
  }
  if (
    kind === "string" &&
    (value === undefined || value === "" || (!inlineValue && looksLikeOption(value)))
  ) {
    throw new UndertoneError("usage", `Option ${rawName} needs a value.`);
  }
  if (kind === "boolean" && value !== undefined && value !== "true" && value !== "false") {
    throw new UndertoneError("usage", `Option ${rawName} is a switch and takes no value.`);
  }
}

/** Every value of an option that may stand several times, of which citty keeps the last. */
export function everyValue(option: string, line: readonly string[]): string[] {
  const options = { [option]: { type: "string", multiple: true } } as const;
  const { values } = parseArgs({ args: [...line], options, strict: false });
  return [values[option] ?? []].flat().filter((value) => typeof value === "string");
}

/**
 * A whole number given as an option's value.
 * @throws UndertoneError `usage` when it is none, or less than `least`
 */
export function wholeNumber(option: string, text: string, least = 1): number {
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
    throw new UndertoneError(
      "usage",
      `Option ${option} takes a whole number of at least ${least}, got "${text}".`,
    );
  }
  return value;
}

/**
 * The value of an option that is a share.
 * @throws UndertoneError `usage` for what is no number from 0 to 1
 */
export function share(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new UndertoneError("usage", `Option ${option} takes a number from 0 to 1, got "${text}".`);
}
