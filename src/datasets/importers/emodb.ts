import type { Emotion } from "../../shared/emotions.ts";
import { type Importer, stemOf } from "./importer.ts";

/** German initials: Wut, Ekel, Angst, Freude, Trauer, neutral. L (Langeweile, boredom) is left out, as most published work does. */
const emotionOfCode: Readonly<Record<string, Emotion>> = {
  W: "angry",
  E: "disgust",
  A: "fearful",
  F: "happy",
  T: "sad",
  N: "neutral",
};

const men = new Set(["03", "10", "11", "12", "15"]);

const sentences: Readonly<Record<string, string>> = {
  a01: "Der Lappen liegt auf dem Eisschrank",
  a02: "Das will sie am Mittwoch abgeben",
  a04: "Heute abend könnte ich es ihm sagen",
  a05: "Das schwarze Stück Papier befindet sich da oben neben dem Holzstück",
  a07: "In sieben Stunden wird es soweit sein",
  b01: "Was sind denn das für Tüten, die da unter dem Tisch stehen",
  b02: "Sie haben es gerade hochgetragen und jetzt gehen sie wieder runter",
  b03: "An den Wochenenden bin ich jetzt immer nach Hause gefahren und habe Agnes besucht",
  b09: "Ich will das eben wegbringen und dann mit Karl was trinken gehen",
  b10: "Die wird auf dem Platz sein, wo wir sie immer hinlegen",
};

// speaker, sentence, emotion, version
const name = /^(03|08|09|1[0-6])([ab](?:0[1-9]|10))([WLEAFTN])[a-f]$/;

/**
 * Berlin EmoDB: `03a01Fa.wav`.
 * @see http://emodb.bilderbar.info/index-1280.html
 */
export const emodb: Importer = {
  readName(path) {
    const stem = stemOf(path);
    const [match, speakerId = "", sentenceId = "", code = ""] = name.exec(stem) ?? [];
    if (match === undefined) return undefined;
    const emotion = emotionOfCode[code];
    if (!emotion) return { omitted: "boredom" };
    const transcript = sentences[sentenceId];
    return {
      id: stem,
      emotion,
      speakerId,
      sex: men.has(speakerId) ? "male" : "female",
      sentenceId,
      ...(transcript !== undefined && { transcript }),
    };
  },
};
