import { ased } from "./ased.ts";
import { cremaD } from "./crema-d.ts";
import { emns } from "./emns.ts";
import { emodb } from "./emodb.ts";
import { emovo } from "./emovo.ts";
import { emozionalmente } from "./emozionalmente.ts";
import { esd } from "./esd.ts";
import { iemocap } from "./iemocap.ts";
import type { Importer } from "./importer.ts";
import { jlCorpus } from "./jl-corpus.ts";
import { meld } from "./meld.ts";
import { mesd } from "./mesd.ts";
import { mspPodcast } from "./msp-podcast.ts";
import { nemo } from "./nemo.ts";
import { ravdess, synthetic } from "./ravdess.ts";
import { savee } from "./savee.ts";
import { subesco } from "./subesco.ts";
import { tess } from "./tess.ts";
import { thaiSer } from "./thai-ser.ts";
import { turevDb } from "./turev-db.ts";
import { urdu } from "./urdu.ts";

/** Every corpus that is known by its file names. A new one is one file and one line. */
export const importers: Readonly<Record<string, Importer>> = {
  ravdess,
  "crema-d": cremaD,
  tess,
  savee,
  emodb,
  "jl-corpus": jlCorpus,
  mesd,
  emns,
  emozionalmente,
  subesco,
  "thai-ser": thaiSer,
  esd,
  iemocap,
  "msp-podcast": mspPodcast,
  meld,
  emovo,
  nemo,
  urdu,
  "turev-db": turevDb,
  ased,
  synthetic,
};
