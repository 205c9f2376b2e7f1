import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { inflateSync } from "node:zlib";
import { writeFileAtomically } from "../shared/files.node.ts";
import { formatOfFile } from "./out-file.ts";

/** @throws UndertoneError `usage` for a picture that is neither `.png` nor `.svg` */
export function pictureFormat(path: string): "png" | "svg" {
  return formatOfFile(path, { ".png": "png", ".svg": "svg" } as const);
}

/** Writes an `.svg` file's text, or as a `.png` that has two pixels for each of its own. */
export async function writePicture(path: string, svg: string): Promise<void> {
  const isPng = pictureFormat(path) === "png";
  await writeFileAtomically(path, isPng ? await renderPng(svg) : svg);
}

async function renderPng(svg: string): Promise<Uint8Array> {
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
  const require = createRequire(import.meta.url);
  await initWasm(await readFile(require.resolve("@resvg/resvg-wasm/index_bg.wasm")));
  const fonts = [
    require.resolve("@fontsource/varela/files/varela-latin-400-normal.woff"),
    require.resolve("@fontsource/varela/files/varela-latin-ext-400-normal.woff"),
  ];
  const fontBuffers = await Promise.all(
    fonts.map(async (font) => unpackWoff(await readFile(font))),
  );
  // The font has no arrow to the right, and the renderer knows neither CSS variables nor the color of the text around a picture.
  const plain = svg
    .replaceAll(/<style>.*?<\/style>/gs, "")
    .replaceAll(/var\(--[\w-]+, *([^)]+)\)/g, "$1")
    .replaceAll("currentColor", "#1c2024")
    .replaceAll(" →", "");
  const picture = new Resvg(plain, {
    background: "#fff",
    fitTo: { mode: "zoom", value: 2 },
    font: { fontBuffers, defaultFontFamily: "Varela", sansSerifFamily: "Varela" },
  });
  return picture.render().asPng();
}

/** Returns the OpenType file inside a WOFF file. @see https://www.w3.org/TR/WOFF/ */
function unpackWoff(woff: Buffer): Uint8Array {
  const tables = woff.readUInt16BE(12);
  const font = Buffer.alloc(woff.readUInt32BE(16)); // totalSfntSize
  woff.copy(font, 0, 4, 8);
  font.writeUInt16BE(tables, 4);
  let end = 12 + 16 * tables;
  for (let table = 0; table < tables; table++) {
    const entry = 44 + 20 * table;
    const [offset, packed, length] = [4, 8, 12].map((at) => woff.readUInt32BE(entry + at));
    const bytes = woff.subarray(offset, offset! + packed!);
    const place = 12 + 16 * table;
    woff.copy(font, place, entry, entry + 4); // tag
    woff.copy(font, place + 4, entry + 16, entry + 20); // checksum
    font.writeUInt32BE(end, place + 8);
    font.writeUInt32BE(length!, place + 12);
    font.set(packed === length ? bytes : inflateSync(bytes), end);
    end += (length! + 3) & ~3;
  }
  return font;
}
