import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as publicNames from "./index.ts";

/** The code of every `@example CALL // RESULT` of the module, with the result that it promises. */
const examples = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .flatMap((file) => [
    ...readFileSync(new URL(file, import.meta.url), "utf8").matchAll(
      /@example (\w+)(\(.*) \/\/ (.+)$/gm,
    ),
  ])
  .map(([, name, rest, result]) => ({ name: name!, code: `${name}${rest}`, result: result! }));

test.each(examples)("$code is $result", ({ code, result }) => {
  // The code of an example is the repository's own.
  // oxlint-disable-next-line typescript/no-implied-eval
  const run = new Function(...Object.keys(publicNames), `return [${code}, ${result}]`);
  const [value, promised]: unknown[] = run(...Object.values(publicNames));
  expect(value).toEqual(promised);
});

test("every public function has an example", () => {
  const functions = Object.entries(publicNames).flatMap(([name, value]) =>
    typeof value === "function" ? [name] : [],
  );
  expect(new Set(examples.map(({ name }) => name))).toEqual(new Set(functions));
});
