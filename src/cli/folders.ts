import { homedir } from "node:os";
import { join } from "node:path";

/** Where features are kept between runs: `undertone/features` in the user's cache folder. */
export function featureCacheFolder(): string {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(cache, "undertone", "features");
}
