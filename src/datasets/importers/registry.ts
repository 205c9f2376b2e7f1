import { cremaD } from "./crema-d.ts";
import { emodb } from "./emodb.ts";
import type { Importer } from "./importer.ts";
import { ravdess, synthetic } from "./ravdess.ts";
import { savee } from "./savee.ts";
import { tess } from "./tess.ts";

/** Every corpus that is known by its file names. A new one is one file and one line. */
export const importers: Readonly<Record<string, Importer>> = {
  ravdess,
  "crema-d": cremaD,
  tess,
  savee,
  emodb,
  synthetic,
};
