/** The part of `node:path` that says where a file lies; `path.win32` has the rules of Windows. */
interface PathRules {
  relative(from: string, to: string): string;
  isAbsolute(path: string): boolean;
  readonly sep: string;
}

/**
 * Returns the way from a folder to a file in it; `undefined` for the folder itself and for what lies elsewhere, also on
 * another drive.
 */
export function wayBelow(folder: string, file: string, rules: PathRules): string | undefined {
  const way = rules.relative(folder, file);
  const isOutside = way === ".." || way.startsWith(`..${rules.sep}`) || rules.isAbsolute(way);
  return way === "" || isOutside ? undefined : way;
}

/** Names that Windows keeps for devices, whatever their extension. */
const device = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=$|[.\s])/i;

/** Whether Windows has no file of this name. */
export const isReservedName = (name: string): boolean => device.test(name);

/** Returns a name that every system can write: without forbidden characters, device names, and dots or spaces at its end. */
export function portableName(name: string): string {
  const allowed = name.replaceAll(/[<>:"/\\|?*\p{Cc}]/gu, "_").replace(/[. ]+$/, "_");
  return isReservedName(allowed) ? `_${allowed}` : allowed;
}
