/** A value of a line of the log. Never audio, words, names of files or tokens. */
type Fact = string | number | boolean | null | undefined;

export type LogLevel = "info" | "warn" | "error";

/** Writes one line of the log. */
export type Log = (level: LogLevel, event: string, facts?: Readonly<Record<string, Fact>>) => void;

/** Returns a log of one JSON object a line. */
export function jsonLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  return (level, event, facts = {}) => {
    write(`${JSON.stringify({ time: now().toISOString(), level, event, ...facts })}\n`);
  };
}
