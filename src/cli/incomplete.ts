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

/**
 * Ends a command whose results stand, but lack words since the transcriber failed.
 * @throws UndertoneError `network-failed` where there is such a file
 */
export function throwUntranscribed(files: readonly string[], canResume: boolean): void {
  const [first] = files;
  if (first === undefined) return;
  const which = files.length === 1 ? `${first} lacks` : `${files.length} recordings lack`;
  const again = canResume ? "The same command with --resume" : "The same command";
  throw new UndertoneError(
    "network-failed",
    `${which} words, since the transcriber failed: there the voice alone counts. ${again} asks for them again.`,
  );
}
