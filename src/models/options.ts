/** Parts that the options of models and the settings of recipes are made of. */
import { z } from "zod";

/** 0 to 1 */
export const share = z.number().min(0).max(1);

/** A whole number from 1; no size that makes sense is larger. */
export const count = z.int().positive().max(65_536);

/** From a lowest to a highest value. */
export const range = z.tuple([z.number(), z.number()]);

/** Nothing is left to learn from where everything is dropped. */
export const dropoutRate = share
  .lt(1)
  .describe("Share of what reaches the output layer that is dropped in training");
