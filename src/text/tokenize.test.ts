import * as fc from "fast-check";
import { expect, test } from "vitest";
import { tokenize } from "./tokenize.ts";

test.each([
  ["Why do all you’re coffee mugs?", "why do all you 're coffee mugs ?"],
  ["I CAN'T, won`t and couldn´t've", "i ca n't , wo n't and could n't 've"],
  ["Don\u0092t", "do n't"], // a Windows-1252 apostrophe, as MELD's first release has it
  ["don ' t  I ’ ll  do n't  I 'm", "do n't i 'll do n't i 'm"],
  [
    "Y'know, rock'n'roll at five o'clock: go get 'em",
    "y'know , rock'n'roll at five o'clock go get em",
  ],
  ["‘So’ he said, “no”.", "so he said , no ."],
  ["no! no!! NO!!!! what? what??? what?!?!!", "no ! no !! no !! what ? what ?? what ?!"],
  ["wait… wait.. wait.", "wait ... wait ... wait ."],
  ["Soooo loooong, Noooo", "soo loong , noo"],
  ["1,234.50 at 10:44, 3rd in 1990's", "<number> at <number> , 3rd in <number> 's"],
  ["see https://a.example/b?c=d or WWW.example.org", "see <url> or <url>"],
  ["[NAME] and [religion] [other]", "[name] and [religion] other"],
  [":-) =) :] ;-) :( :[ :D 8:30 <3", ":) :) :) ;) :( :( :d <number> <3"],
  ["😂😂😂 👍🏽👍 ❤️ 👨‍👩‍👧 🇩🇪🇩🇪🇫🇷", "😂 👍 ❤ 👨 👩 👧 🇩🇪 🇫🇷"],
  ["ﬁne ＦＵＬＬ Ⅳ café cafe\u0301", "fine full iv café café"],
  ["so\u00ADft zero\u200Bwidth \u202Eright", "soft zerowidth right"],
  ["我很高兴。 สวัสดี", "我 很 高 兴 ส วั ส ดี"],
  ["مرحبا بالعالم، שלום", "مرحبا بالعالم שלום"],
  ["a\uD800b \uDC00", "a b"],
  ["<b>bold</b> a_b #tag $5 & 50%", "b bold b a b tag <number> <number>"],
  ["", ""],
  [" \n\t\u00A0\u3000 ", ""],
])("%j", (text, tokens) => {
  expect(tokenize(text).join(" ")).toBe(tokens);
});

test("tokens joined by spaces give the same tokens", () => {
  const unit = fc.oneof(
    fc.string({ unit: "binary", maxLength: 3 }),
    fc.string({ unit: "grapheme", maxLength: 3 }),
    fc.constantFrom(
      "'",
      "’",
      "n't",
      "'s",
      "don't",
      "!",
      "?",
      "..",
      ":-)",
      "aaa",
      "1.",
      "www.",
      "😂",
      " ",
    ),
  );
  fc.assert(
    fc.property(fc.array(unit), (units) => {
      const tokens = tokenize(units.join(""));
      expect(tokenize(tokens.join(" "))).toEqual(tokens);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test.each([
  ["one letter", "a"],
  ["marks out of order", "\u0301\u0327"],
  ["letters and apostrophes", "a'"],
  ["clitics", "n't"],
  ["digits and commas", "1,"],
  ["addresses", "http://"],
  ["one emoji", "😂"],
  ["marks of punctuation", "!?"],
  ["detached apostrophes", "a ' "],
  ["lone surrogates", "\uDC00\uD800"],
  ["what grows in normalizing", "\uFDFA"],
])("%s without end take linear time", (_, unit) => {
  const cpuTimeOf = (length: number): number => {
    const text = unit.repeat(length / unit.length);
    const start = process.cpuUsage();
    tokenize(text);
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };
  cpuTimeOf(2 ** 12);
  // Sixteen times the length takes 16 times as long, or 256 times where a step is quadratic.
  expect(cpuTimeOf(2 ** 16)).toBeLessThan(64 * cpuTimeOf(2 ** 12) + 200_000);
});
