import { relative } from "node:path";

/** Returns a share in whole percent. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Returns a file's path as it is typed here. */
export const place = (file: string): string => {
  const near = relative(process.cwd(), file);
  return near.startsWith("..") ? file : near;
};
