import { latin1 } from "./containers/read.ts";

/** Formats that are known by name only, by how a file starts. */
const formats: readonly (readonly [string, string])[] = [
  ["\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media audio or video (ASF)"],
  [".RMF", "RealMedia"],
  [".ra\xfd", "RealAudio"],
  ["FLV\x01", "a Flash video"],
  ["MAC ", "Monkey's Audio"],
  ["wvpk", "WavPack"],
  ["TTA", "True Audio"],
  ["MPCK", "Musepack"],
  ["MP+", "Musepack"],
  ["DSD ", "DSD"],
  ["FRM8", "DSD (DSDIFF)"],
  ["\x0b\x77", "AC-3"],
  ["\x7f\xfe\x80\x01", "DTS"],
  ["\0\0\x01\xba", "an MPEG program stream"],
  ["NIST_1A", "NIST SPHERE"],
  ["Creative Voice File", "a Creative Voice file"],
];

/** What is no recording at all. */
const others: readonly (readonly [string, string])[] = [
  ["version https://git-lfs", "a pointer of Git LFS, not the recording. Fetch it: git lfs pull"],
  ["MThd", "MIDI, which has notes and no sound."],
  ["PK\x03\x04", "a ZIP archive: unpack it first."],
  ["\x1f\x8b", "compressed by gzip: unpack it first."],
  ["%PDF", "a PDF document, not a recording."],
  ["\xff\xd8\xff", "a JPEG picture, not a recording."],
  ["\x89PNG", "a PNG picture, not a recording."],
  ["<!doctype", "a web page, not a recording: the download may have been refused."],
  ["<html", "a web page, not a recording: the download may have been refused."],
  ["<?xml", "XML, not a recording: the download may have been refused."],
];

/** Returns the sentence about a format or codec that is not decoded. */
export const notDecoded = (name: string): string =>
  `This is ${name}, which Undertone does not decode. Convert it: ffmpeg -i IN out.wav`;

/** Returns what to say of a file that is known and not decoded, by its first bytes; `undefined` for one that is not known. */
export function otherKind(head: Uint8Array): string | undefined {
  const text = latin1(head.subarray(0, 400));
  if (text.startsWith("RIFF") && text.startsWith("AVI ", 8)) return notDecoded("an AVI video");
  const format = formats.find(([start]) => text.startsWith(start));
  if (format) return notDecoded(format[1]);
  const words = text.trimStart().toLowerCase();
  const other = others.find(([start]) => text.startsWith(start) || words.startsWith(start));
  return other && `This is ${other[1]}`;
}
