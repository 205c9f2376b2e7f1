/** All texts of the page, in English. Each part of it has a section. */
export const strings = {
  product: "Undertone",
  parts: "Parts of the studio",
  tabs: { analyze: "Analyze", teach: "Teach", runs: "Runs", corpora: "Corpora" },
  theme: { label: "Theme", system: "As the system", light: "Light", dark: "Dark" },
  analyze: {
    title: "Emotion in speech, from voice and words",
    drop: "Drop recordings here",
  },
};
