import { expect, test } from "vitest";
import { decodeGreedily, type Decoded } from "./greedy-decoding.ts";

const startToken = 0;
const endToken = 1;

/** Says the tokens of scripts, each with a probability and an entropy of its own. */
function saying(...scripts: readonly (readonly number[])[]): Step {
  return async (tokens, position) => {
    for (const [n, script] of scripts.entries()) {
      const last = position === 0 ? startToken : (script[position - 1] ?? endToken);
      expect([last, endToken]).toContain(tokens[n]); // a text that has ended goes on with its end
    }
    return scripts.map((script) => {
      const token = script[position] ?? endToken;
      return { token, probability: 1 / token, entropy: token / 100 };
    });
  };
}

type Step = Parameters<typeof decodeGreedily>[0];

async function decode(script: readonly number[], most = 100): Promise<Decoded> {
  const options = { startToken, endToken, mostTokens: [most] };
  const [decoded] = await decodeGreedily(saying(script), options);
  return decoded!;
}

test("tokens come with what is known of their choice", async () => {
  expect(await decode([7, 8, 9])).toEqual({
    tokens: [7, 8, 9],
    probabilities: [1 / 7, 1 / 8, 1 / 9],
    entropies: [0.07, 0.08, 0.09],
    ended: "end-token",
  });
});

test("texts side by side are those of each by itself", async () => {
  const scripts = [[7, 8, 9], [], [5, 6, 7, 8, 9, 10], Array<number>(30).fill(4)];
  const options = { startToken, endToken, mostTokens: [100, 100, 4, 100] };
  const together = await decodeGreedily(saying(...scripts), options);
  const most = options.mostTokens;
  const alone = await Promise.all(scripts.map((script, n) => decode(script, most[n])));
  expect(together).toEqual(alone);
  expect(together.map(({ ended }) => ended)).toEqual(["end-token", "end-token", "limit", "loop"]);
});

test("nothing said is no tokens", async () => {
  expect(await decode([])).toEqual({
    tokens: [],
    probabilities: [],
    entropies: [],
    ended: "end-token",
  });
});

test("decoding stops at its limit", async () => {
  const script = Array.from({ length: 20 }, (_, n) => 2 + n);
  expect(await decode(script, 5)).toMatchObject({ tokens: [2, 3, 4, 5, 6], ended: "limit" });
  expect(await decode(script, 0)).toMatchObject({ tokens: [], ended: "limit" });
});

test.each([
  { name: "a token", phrase: [5], repeats: 12 },
  { name: "a phrase", phrase: [5, 6, 7, 8], repeats: 4 },
  { name: "a sentence", phrase: Array.from({ length: 20 }, (_, n) => 5 + n), repeats: 4 },
])("$name said again and again stands once", async ({ phrase, repeats }) => {
  const script = [40, 41, ...Array.from({ length: repeats + 10 }, () => phrase).flat()];
  const decoded = await decode(script, 1000);
  expect(decoded.tokens).toEqual([40, 41, ...phrase]);
  expect(decoded.probabilities).toHaveLength(decoded.tokens.length);
  expect(decoded.ended).toBe("loop");
});

test.each([
  { name: "a word", phrase: [5], repeats: 11 },
  { name: "a phrase", phrase: [5, 6, 7, 8], repeats: 3 },
])("$name repeated as people do stays", async ({ phrase, repeats }) => {
  const script = [40, ...Array.from({ length: repeats }, () => phrase).flat()];
  expect(await decode(script)).toMatchObject({ tokens: script, ended: "end-token" });
});

test("it can be cancelled between tokens", async () => {
  const controller = new AbortController();
  const step: Step = async (tokens, position) => {
    if (position === 2) controller.abort();
    return saying([4, 5, 6, 7])(tokens, position);
  };
  const { signal } = controller;
  await expect(
    decodeGreedily(step, { startToken, endToken, mostTokens: [100], signal }),
  ).rejects.toMatchObject({ code: "cancelled" });
});
