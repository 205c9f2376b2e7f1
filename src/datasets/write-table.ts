import { dirname, relative, resolve } from "node:path";
import { writeFileAtomically } from "../shared/files.node.ts";
import type { Clip } from "./manifest.ts";

/**
 * Writes clips as a JSON Lines table that `readCorpus` reads, paths relative to its folder.
 * @throws UndertoneError `disk-full`, `file-unreadable`
 */
export async function writeClipTable(path: string, clips: readonly Clip[]): Promise<void> {
  const folder = dirname(resolve(path));
  const rows = clips.map(({ path: file, emotion, speakerId: speaker, sex, side, transcript }) =>
    JSON.stringify({ path: relative(folder, file), emotion, speaker, sex, side, transcript }),
  );
  await writeFileAtomically(path, `${rows.join("\n")}\n`);
}
