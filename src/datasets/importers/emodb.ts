import { namedBy } from "./name-pattern.ts";

/**
 * Berlin EmoDB: `03a01Fa.wav`, with the German initials of Wut, Ekel, Angst, Freude, Trauer and neutral. L (Langeweile,
 * boredom) is left out, as most published work does.
 * @see https://zenodo.org/records/7447302
 */
export const emodb = namedBy({
  pattern: /^(?<speaker>03|08|09|1[0-6])(?<sentence>[ab](?:0[1-9]|10))(?<emotion>[WLEAFTN])[a-f]$/,
  emotions: { W: "angry", E: "disgust", A: "fearful", F: "happy", T: "sad", N: "neutral" },
  omitted: "boredom",
  sexes: {
    "03": "male",
    "08": "female",
    "09": "female",
    "10": "male",
    "11": "male",
    "12": "male",
    "13": "female",
    "14": "female",
    "15": "male",
    "16": "female",
  },
  sentences: {
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
  },
});
