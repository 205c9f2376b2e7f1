const quoted = (word: string): string =>
  /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Returns the command line of this process, quoted where a shell needs it. */
export function typedCommand(): string {
  return ["undertone", ...process.argv.slice(2).map(quoted)].join(" ");
}
