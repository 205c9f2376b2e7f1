import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * Returns the folder of all that can be computed or downloaded again: `UNDERTONE_CACHE`, else `undertone` in
 * `XDG_CACHE_HOME` or `~/.cache`.
 * @see https://specifications.freedesktop.org/basedir-spec (relative paths are ignored)
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { UNDERTONE_CACHE: own, XDG_CACHE_HOME: xdg = "" } = env;
  return own || join(isAbsolute(xdg) ? xdg : join(homedir(), ".cache"), "undertone");
}
