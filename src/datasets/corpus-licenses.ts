/** Under what terms a corpus is to be had. */
export interface CorpusLicense {
  /** As its own page states it. */
  readonly license: string;
  /** Whether the license permits commercial use of what is made from the corpus; `false` where its page does not say. */
  readonly commercialUse: boolean;
  /** The page. */
  readonly source: string;
}

const ccBy = { license: "CC BY 4.0", commercialUse: true };
const researchOnly = { license: "research use", commercialUse: false };
const notStated = { license: "not stated", commercialUse: false };

/** The licenses of the corpora of recordings, texts and noises that models may be trained on, by the corpus's name. */
export const corpusLicenses: Readonly<Record<string, CorpusLicense>> = {
  ravdess: {
    license: "CC BY-NC-SA 4.0",
    commercialUse: false,
    source: "https://zenodo.org/records/1188976",
  },
  "crema-d": {
    license: "ODbL 1.0",
    commercialUse: true,
    source: "https://github.com/CheyneyComputerScience/CREMA-D",
  },
  tess: {
    license: "CC BY-NC-ND 4.0",
    commercialUse: false,
    source: "https://doi.org/10.5683/SP2/E8H2MF",
  },
  savee: { ...researchOnly, source: "http://kahlan.eps.surrey.ac.uk/savee/" },
  emodb: { ...ccBy, source: "https://zenodo.org/records/7447302" },
  "jl-corpus": {
    license: "CC0 1.0",
    commercialUse: true,
    source: "https://www.kaggle.com/datasets/tli725/jl-corpus",
  },
  mesd: { ...ccBy, source: "https://data.mendeley.com/datasets/cy34mh68j9/5" },
  emns: { license: "Apache 2.0", commercialUse: true, source: "https://www.openslr.org/136/" },
  emozionalmente: { ...ccBy, source: "https://zenodo.org/records/12616095" },
  subesco: { ...ccBy, source: "https://zenodo.org/records/4526477" },
  "thai-ser": {
    license: "CC BY-SA 4.0",
    commercialUse: true,
    source: "https://github.com/vistec-AI/dataset-releases/releases/tag/v1",
  },
  esd: { ...researchOnly, source: "https://github.com/HLTSingapore/Emotional-Speech-Data" },
  iemocap: { ...researchOnly, source: "https://sail.usc.edu/iemocap/" },
  "msp-podcast": {
    ...researchOnly,
    source: "https://ecs.utdallas.edu/research/researchlabs/msp-lab/MSP-Podcast.html",
  },
  // The repository's license is not the television series'.
  meld: { ...notStated, source: "https://github.com/declare-lab/MELD" },
  emovo: { ...notStated, source: "https://aclanthology.org/L14-1478/" },
  nemo: {
    license: "CC BY-NC-SA 4.0",
    commercialUse: false,
    source: "https://github.com/amu-cai/nEMO",
  },
  urdu: { ...notStated, source: "https://github.com/siddiquelatif/URDU-Dataset" },
  "turev-db": { ...notStated, source: "https://github.com/Xeonen/TurEV-DB" },
  ased: { ...notStated, source: "https://github.com/Ethio2021/ASED_V1" },
  synthetic: {
    license: "MIT",
    commercialUse: true,
    source: "https://github.com/undertone-speech/undertone",
  },
  /** Read speech: LibriVox (public domain), HiFi-TTS (CC BY 4.0), CMU Sphinx's recordings (BSD), a speech of 1961. */
  speech: {
    license: "public domain, CC BY 4.0, BSD",
    commercialUse: true,
    source: "https://www.openslr.org/109/",
  },
  "esc-10": {
    license: "CC BY",
    commercialUse: true,
    source: "https://github.com/karolpiczak/ESC-50",
  },
  goemotions: {
    license: "Apache 2.0",
    commercialUse: true,
    source: "https://github.com/google-research/google-research/tree/master/goemotions",
  },
  "goemotions-ekman": {
    license: "Apache 2.0",
    commercialUse: true,
    source: "https://github.com/google-research/google-research/tree/master/goemotions",
  },
  "dair-emotion": { ...researchOnly, source: "https://github.com/dair-ai/emotion_dataset" },
  isear: {
    ...researchOnly,
    source: "https://www.unige.ch/cisa/research/materials-and-online-research/research-material/",
  },
  dailydialog: {
    license: "CC BY-NC-SA 4.0",
    commercialUse: false,
    source: "http://yanran.li/dailydialog",
  },
};
