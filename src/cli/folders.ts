import { join } from "node:path";
import { cacheFolder } from "../shared/cache-folder.node.ts";

/** Where features are kept between runs. */
export function featureCacheFolder(): string {
  return join(cacheFolder(process.env), "features");
}

/** Where transcripts are kept. */
export function transcriptCacheFolder(): string {
  return join(cacheFolder(process.env), "transcripts");
}
