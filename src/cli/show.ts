import path from "node:path";
import { wayBelow } from "../shared/paths.ts";

/** Returns a share in whole percent. */
export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Returns a file's path as it is typed here. */
export const place = (file: string): string => {
  return wayBelow(process.cwd(), file, path) ?? file;
};
