import { emotions } from "./emotions.ts";

/**
 * Words for a label as corpora and people write them: abbreviations of corpora (IEMOCAP, CREMA-D, TESS), nouns and adjectives
 * in English, then German, French, Spanish, Italian, Portuguese and Polish. A word that stands nowhere is a label of its own.
 */
const synonyms: Readonly<Record<string, string>> = {
  neutral: `neu, neutrality, neutral state; neutre; neutro, neutra; neutrale; neutralny, neutralna, neutralne`,
  calm: `calmness; ruhig, ruhe, gelassen; calme; calma, tranquilo, tranquila; calmo; spokojny, spokojna, spokój`,
  happy: `hap, happiness, joy, joyful, cheerful; freude, freudig, glücklich, gluecklich, fröhlich, froehlich;
    joie, joyeux, joyeuse, heureux, heureuse, bonheur; alegría, alegre, feliz, felicidad; gioia, felice, felicità;
    alegria, felicidade; radość, radosny, szczęście, szczęśliwy, wesoły`,
  sad: `sadness, sorrow; trauer, traurig, traurigkeit; triste, tristesse; tristeza; tristezza; smutek, smutny, smutna`,
  angry: `ang, anger, mad, furious, fury, rage; ärger, aerger, verärgert, wut, wütend, wuetend, zorn, zornig;
    colère, en colère, fâché, fâchée; ira, enfado, enfadado, enojo, enojado, rabia; rabbia, arrabbiato, arrabbiata;
    raiva, zangado, zangada; złość, zły, gniew`,
  fearful: `fea, fear, afraid, scared, frightened, anxious, anxiety; angst, ängstlich, aengstlich, furcht;
    peur, apeuré, effrayé; miedo, asustado, asustada; paura, impaurito, spaventato; medo, assustado, assustada;
    strach, przestraszony, lęk`,
  disgust: `dis, disgusted, disgusting; ekel, angeekelt, angewidert; dégoût, dégoûté; asco, disgustado;
    disgusto, disgustato; nojo; wstręt, obrzydzenie`,
  surprised: `sur, surprise, pleasant surprise, pleasantly surprised, pleasant surprised, ps, astonished, amazed;
    überraschung, ueberraschung, überrascht, ueberrascht; surpris, étonné; sorpresa, sorprendido, sorprendida;
    sorpreso; surpresa, surpreso; zaskoczenie, zaskoczony, zdziwienie`,
  bored: `boredom; langeweile, gelangweilt; ennui, ennuyé; aburrimiento, aburrido; noia, annoiato; tédio, entediado;
    nuda, znudzony`,
  contempt: `contemptuous; verachtung; mépris; desprecio; disprezzo; desprezo; pogarda`,
  excited: `exc, excitement`,
  frustrated: `fru, frustration; frustriert; frustré; frustración, frustrado; frustrazione; frustração; frustracja`,
  positive: `pos; positiv; positif; positivo; pozytywny`,
  negative: `neg; negativ; négatif; negativo; negatywny`,
};

/** What stands in a table where nobody gave a label; IEMOCAP writes xxx where the raters disagree. */
const absent = new Set(["", "-", "?", "na", "n/a", "nan", "null", "unknown", "unlabeled", "xxx"]);

const labelOfWord: ReadonlyMap<string, string> = new Map(
  Object.entries(synonyms).flatMap(([label, words]) =>
    [label, ...words.split(/[,;]/)].map((word): [string, string] => [keyOf(word), label]),
  ),
);

/** Without case, accents, and what stands between words. */
function keyOf(word: string): string {
  const plain = word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ł", "l");
  return plain.replace(/[\s_-]+/g, " ").trim();
}

/**
 * Returns the label that a word of a corpus stands for: a canonical one for its synonyms in any case (`Joy`, `Freude` and
 * `HAP` are `happy`), otherwise the word itself in lower case; `undefined` where the word says that there is none.
 */
export function parseLabel(word: string): string | undefined {
  const own = word.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();
  return absent.has(own) ? undefined : (labelOfWord.get(keyOf(word)) ?? own);
}

/** Whether a word is one of the synonyms that `parseLabel` knows. */
export function isKnownLabel(word: string): boolean {
  return labelOfWord.has(keyOf(word));
}

/** Returns distinct labels in the order of every label index: the eight emotions in theirs, then others by code units. */
export function orderLabels(labels: Iterable<string>): string[] {
  const present = new Set(labels);
  const known = emotions.filter((emotion) => present.delete(emotion));
  return [...known, ...[...present].toSorted()];
}
