import { isAudioName } from "../../audio/extensions.ts";

/** Returns the files that were dropped: those that were dropped themselves, and of folders those with sound. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry());
  const found: File[] = [];
  for (const entry of entries) {
    if (isFile(entry)) found.push(await fileOf(entry));
    else if (isFolder(entry)) await collect(entry, found);
  }
  return found;
}

const isFile = (entry: FileSystemEntry | null): entry is FileSystemFileEntry =>
  entry?.isFile === true;

const isFolder = (entry: FileSystemEntry | null): entry is FileSystemDirectoryEntry =>
  entry?.isDirectory === true;

async function collect(folder: FileSystemDirectoryEntry, found: File[]): Promise<void> {
  const reader = folder.createReader();
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return;
    for (const entry of entries) {
      if (isFolder(entry)) await collect(entry, found);
      else if (isFile(entry) && isAudioName(entry.name)) found.push(await fileOf(entry));
    }
  }
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
