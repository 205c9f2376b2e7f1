import { UndertoneError } from "../../shared/errors.ts";

/** Does work whose errors keep their code on the way to the page, which takes name and message of an error. */
export async function named<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UndertoneError)) throw error;
    throw Object.assign(new Error(error.message), { name: error.code });
  }
}
