import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** Of hyparquet, which the writer depends on. */
interface Reader {
  readonly parquetReadObjects: (given: {
    readonly file: ArrayBuffer;
  }) => Promise<Record<string, unknown>[]>;
}

/** Reads the rows of a Parquet file by a reader that shares no code with the command line. */
export async function readParquet(path: string): Promise<Record<string, unknown>[]> {
  const writer = createRequire(import.meta.url).resolve("hyparquet-writer");
  const reader = createRequire(writer).resolve("hyparquet");
  const { parquetReadObjects }: Reader = await import(pathToFileURL(reader).href);
  const { buffer, byteOffset, byteLength } = await readFile(path);
  const bytes = new Uint8Array(buffer, byteOffset, byteLength).slice();
  return parquetReadObjects({ file: bytes.buffer });
}
