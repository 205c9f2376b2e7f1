import { relative } from "node:path";

/** Returns a time as minutes and seconds, and hours where there are some. */
export function clock(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const minutes = Math.floor(tenths / 600);
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${rest}`;
}

/** Returns a share in whole percent. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Returns a file's path as it is typed here. */
export const place = (file: string): string => {
  const near = relative(process.cwd(), file);
  return near.startsWith("..") ? file : near;
};
