import { adaptedColumn, costColumns, recallColumn, recipeColumn } from "./columns.ts";
import type { LogEntry } from "./log-entry.ts";
import { table } from "./markdown.ts";

/** The test that the roles are about. */
const corpus = "ravdess";
const protocol = "emobox";

const smallBytes = 10e6;
const fastMs = 10;

/** Who leads in which role; entries come best first. */
const roles: readonly { readonly role: string; readonly fits: (entry: LogEntry) => boolean }[] = [
  { role: "best", fits: () => true },
  { role: "default model", fits: ({ recipe }) => recipe === "default" },
  {
    role: `small: best up to ${smallBytes / 1e6} MB`,
    fits: ({ sizeBytes = Infinity }) => sizeBytes <= smallBytes,
  },
  {
    role: `fast: best up to ${fastMs} ms a clip`,
    fits: ({ clipMs = Infinity }) => clipMs <= fastMs,
  },
  {
    role: "reference: the task's own pipeline",
    fits: ({ recipe }) => recipe === "audio-cnn-reference",
  },
];

const columns = [recipeColumn, recallColumn, adaptedColumn, ...costColumns];

/** Returns the leading recipe of each role, a section or none; `ranked` is best first. */
export function atAGlance(ranked: readonly LogEntry[]): string[] {
  const candidates = ranked.filter(
    (entry) => entry.corpus === corpus && entry.protocol === protocol && !entry.trainedOn,
  );
  const leaders = roles.flatMap(({ role, fits }) => {
    const entry = candidates.find(fits);
    return entry ? [[role, ...columns.map(({ text }) => text(entry))]] : [];
  });
  if (leaders.length === 0) return [];
  return [
    `## At a glance: ${corpus}, protocol \`${protocol}\``,
    table(["role", ...columns.map(({ title }) => title)], leaders),
  ];
}
