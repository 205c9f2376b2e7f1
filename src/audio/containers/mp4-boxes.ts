import type { ByteSource } from "../source.ts";
import { latin1, view } from "./read.ts";

/** A box in memory. */
export interface Box {
  readonly type: string;
  readonly body: Uint8Array;
}

/** More than any program writes into another box. */
const mostInnerBoxes = 1 << 14;

/** Returns the boxes that lie one after another in the bytes; the last one may be cut short. */
export function boxesIn(bytes: Uint8Array): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at + 8 <= bytes.length && boxes.length < mostInnerBoxes;) {
    const data = view(bytes.subarray(at));
    let size = data.getUint32(0);
    let head = 8;
    if (size === 1 && data.byteLength >= 16) {
      size = Number(data.getBigUint64(8));
      head = 16;
    }
    if (size === 0) size = bytes.length - at;
    if (size < head) break;
    const type = latin1(bytes.subarray(at + 4, at + 8));
    boxes.push({ type, body: bytes.subarray(at + head, Math.min(bytes.length, at + size)) });
    at += size;
  }
  return boxes;
}

/** Returns the body of the first box at a path of types, such as `mdia minf stbl`. */
export function bodyAt(bytes: Uint8Array, path: string): Uint8Array | undefined {
  let body: Uint8Array | undefined = bytes;
  for (const type of path.split(" ")) {
    body = body && boxesIn(body).find((box) => box.type === type)?.body;
  }
  return body;
}

/** A box of the file itself. */
export interface FileBox {
  readonly type: string;
  readonly start: number;
  readonly bodyStart: number;
  /** It may be beyond the end of the file. */
  readonly end: number;
}

const mostBoxes = 1 << 20;

/** @yields the boxes of a file one after another, until one has no valid size */
export async function* fileBoxes(source: ByteSource, start: number): AsyncGenerator<FileBox> {
  let position = start;
  for (let count = 0; count < mostBoxes && position + 8 <= source.size; count++) {
    const head = await source.read(position, position + 16);
    if (head.length < 8) return;
    let size = view(head).getUint32(0);
    let headBytes = 8;
    if (size === 1 && head.length === 16) {
      size = Number(view(head).getBigUint64(8));
      headBytes = 16;
    }
    if (size === 0) size = source.size - position;
    const type = latin1(head.subarray(4, 8));
    if (size < headBytes || !/^[\w \-©.]{4}$/.test(type)) return;
    const end = position + size;
    yield { type, start: position, bodyStart: position + headBytes, end };
    position = end;
  }
}
