import { open, stat } from "node:fs/promises";
import type { Clip } from "./manifest.ts";

const header = "version https://git-lfs.github.com/spec/v1";
/** A pointer is text of three lines. @see https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const largestPointer = 1024;

/** Returns the clips whose files are Git LFS pointers in place of sounds. */
export async function lfsPointersAmong(clips: readonly Clip[]): Promise<ReadonlySet<Clip>> {
  const found = new Set<Clip>();
  for (const clip of clips) if (await isPointer(clip.path)) found.add(clip);
  return found;
}

async function isPointer(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined); // reading the corpus reports a missing file
  if (!info?.isFile() || info.size > largestPointer || info.size < header.length) return false;
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const { buffer } = await file.read(Buffer.alloc(header.length), 0, header.length, 0);
    return buffer.toString("latin1") === header;
  } finally {
    await file.close();
  }
}
