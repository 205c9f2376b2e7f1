import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/**
 * Where everything is kept that can be made or fetched again: `UNDERTONE_CACHE`, else `undertone` in
 * `XDG_CACHE_HOME` or `~/.cache`.
 * @see https://specifications.freedesktop.org/basedir-spec (a path there that is not absolute does not count)
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { UNDERTONE_CACHE: own, XDG_CACHE_HOME: xdg = "" } = env;
  return own || join(isAbsolute(xdg) ? xdg : join(homedir(), ".cache"), "undertone");
}
