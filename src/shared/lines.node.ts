import type { FileHandle } from "node:fs/promises";

/** Of a line that is longer, only so much is kept: what a program writes is not, and a text of more than 512 MB cannot be held. */
const mostLineBytes = 2 ** 26;

/** @yields the lines of a file, without their ends */
export async function* linesOf(file: FileHandle): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let sizeBytes = 0;
  const keep = (bytes: Buffer): void => {
    if (sizeBytes < mostLineBytes) parts.push(bytes);
    sizeBytes += bytes.length;
  };
  const line = (): string => {
    const text = Buffer.concat(parts).toString();
    parts = [];
    sizeBytes = 0;
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  };
  for await (const given of file.createReadStream({ autoClose: false })) {
    const chunk: Buffer = given;
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      keep(chunk.subarray(from, end));
      yield line();
      from = end + 1;
    }
    keep(chunk.subarray(from));
  }
  if (sizeBytes > 0) yield line();
}
