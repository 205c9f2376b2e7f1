import { UndertoneError } from "../shared/errors.ts";

/**
 * Returns the text of a table: UTF-8 with or without a byte order mark, or UTF-16 of either byte order, as spreadsheets save it.
 * @throws UndertoneError `dataset-invalid` naming what the bytes are instead, and the line that is not UTF-8
 */
export function decodeText(path: string, bytes: Uint8Array): string {
  const container = containerOf(bytes);
  if (container !== undefined) {
    const problem = `is ${container}, not a text file. Save the table as "CSV UTF-8".`;
    throw new UndertoneError("dataset-invalid", `${path}: ${problem}`);
  }
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const problem =
      encoding === "utf-8" ? legacyProblem(bytes) : "is damaged UTF-16. Save it again";
    const message = `${path}: ${problem} as UTF-8 (in a spreadsheet: "CSV UTF-8").`;
    throw new UndertoneError("dataset-invalid", message, { cause });
  }
}

/** Returns the text of a table as `decodeText`, and of one in a code page of one byte a letter as Windows-1252, which includes Latin-1. */
export function decodeAnyText(path: string, bytes: Uint8Array): string {
  return isLegacyText(bytes)
    ? new TextDecoder("windows-1252").decode(bytes)
    : decodeText(path, bytes);
}

/** Whether a text is in a code page of one byte a letter, as older programs save it. */
export function isLegacyText(bytes: Uint8Array): boolean {
  if (containerOf(bytes) !== undefined || encodingOf(bytes) !== "utf-8") return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return false;
  } catch {
    return true;
  }
}

const startsWith = (bytes: Uint8Array, ...start: number[]): boolean =>
  start.every((byte, index) => bytes[index] === byte);

function containerOf(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, 0x50, 0x4b, 0x03, 0x04))
    return "a spreadsheet (.xlsx, .ods) or a ZIP archive";
  if (startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0)) return "an old spreadsheet (.xls)";
  if (startsWith(bytes, 0x1f, 0x8b)) return "a gzip archive";
  if (startsWith(bytes, 0xff, 0xfe, 0, 0) || startsWith(bytes, 0, 0, 0xfe, 0xff)) return "UTF-32";
  return undefined;
}

/** By the byte order mark; without one, by the zeros that UTF-16 has beside each letter of a header. */
function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (startsWith(bytes, 0xff, 0xfe)) return "utf-16le";
  if (startsWith(bytes, 0xfe, 0xff)) return "utf-16be";
  if (bytes.length >= 4 && bytes[0] !== 0 && bytes[1] === 0 && bytes[3] === 0) return "utf-16le";
  if (bytes.length >= 4 && bytes[0] === 0 && bytes[2] === 0) return "utf-16be";
  return "utf-8";
}

/** Western code pages cannot be told apart from others of one byte a letter, so that none is guessed. */
function legacyProblem(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const source = bytes.subarray(start, end < 0 ? undefined : end);
    try {
      decoder.decode(source);
    } catch {
      const isWindows = source.some((byte) => byte >= 0x80 && byte < 0xa0);
      const name = isWindows ? "Windows-1252" : "Latin-1 (ISO 8859-1) or Windows-1252";
      return `line ${line} is not UTF-8; its bytes look like ${name} or a like code page. Save it`;
    }
    if (end < 0) break;
    start = end + 1;
  }
  return "is not UTF-8. Save it";
}
