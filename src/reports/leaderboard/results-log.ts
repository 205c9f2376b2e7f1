import { readFile } from "node:fs/promises";
import { z } from "zod";
import { UndertoneError } from "../../shared/errors.ts";
import { fileError, systemCode, writeFileAtomically } from "../../shared/files.node.ts";
import { keyOf, logEntrySchema, type LogEntry } from "./log-entry.ts";

/**
 * Returns the lines of a results log, oldest first; none where there is no file yet.
 * @throws UndertoneError `file-unreadable`, or `run-invalid` naming the line
 */
export async function readLog(path: string): Promise<LogEntry[]> {
  const lines = (await textOf(path)).split("\n");
  return lines.flatMap((line, index) => {
    if (line === "") return [];
    const parsed = logEntrySchema.safeParse(parsedJson(line));
    if (parsed.success) return [parsed.data];
    throw new UndertoneError(
      "run-invalid",
      `${path}, line ${index + 1} is no result of "undertone results". Remove the line, or name another --log:\n${z.prettifyError(parsed.error)}`,
      { cause: parsed.error },
    );
  });
}

/**
 * Appends results to a log; what stands in it stays. A result that the log already holds is not repeated.
 * @throws UndertoneError `disk-full`, `file-unreadable`, `run-invalid`, or `usage` for two results of one key
 */
export async function appendToLog(path: string, entries: readonly LogEntry[]): Promise<LogEntry[]> {
  const keys = entries.map(keyOf);
  const twice = entries.find((_, index) => keys.indexOf(keys[index]!) < index);
  if (twice) {
    throw new UndertoneError(
      "usage",
      `Runs of different recipes are named ${twice.recipe} on ${twice.corpus}, ${twice.protocol}. Give one of them, or rename the other's recipe.`,
    );
  }
  const known = await readLog(path);
  const present = new Set(known.map(contentOf));
  const added = entries.filter((entry) => !present.has(contentOf(entry)));
  const text = await textOf(path);
  const start = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const lines = added.map((entry) => `${JSON.stringify(entry, rounded)}\n`);
  if (added.length > 0) await writeFileAtomically(path, start + lines.join(""));
  return added;
}

/** What two lines of one result share: when it was measured, and its verdict, may differ. */
const contentOf = ({ recipe, corpus, extraData, trainedOn, protocol, seeds, test }: LogEntry) =>
  JSON.stringify([recipe, corpus, extraData, trainedOn, protocol, seeds, test], rounded);

/** Fractions to six significant digits. */
function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  return Number(value.toPrecision(6));
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "";
    throw fileError(path, error);
  }
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
