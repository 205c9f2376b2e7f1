import { UndertoneError } from "../shared/errors.ts";

/**
 * Ends a command whose results stand, but not for whole recordings.
 * @throws UndertoneError `audio-incomplete` where there is such a file
 */
export function throwIncomplete(files: readonly string[]): void {
  const [first] = files;
  if (first === undefined) return;
  const which = files.length === 1 ? `${first} is` : `${files.length} recordings are`;
  throw new UndertoneError(
    "audio-incomplete",
    `${which} incomplete: less than nine tenths of what the file promises could be decoded. The results are of that part.`,
  );
}
