import { expect, test } from "vitest";
import { errorCodes } from "../shared/errors.ts";
import { exitCodes } from "./exit-codes.ts";

test("every error has an exit code of its own", () => {
  expect(Object.keys(exitCodes).toSorted()).toEqual([...errorCodes].toSorted());
  expect(new Set([0, 1, ...Object.values(exitCodes)]).size).toBe(errorCodes.length + 2);
});
