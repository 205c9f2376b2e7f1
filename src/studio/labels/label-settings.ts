import { emotions } from "../../shared/emotions.ts";
import { keptSetting } from "../kept-setting.ts";

const isName = (value: unknown): value is string => typeof value === "string" && value !== "";

const areNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.length <= mostLabels && value.every(isName);

/** Keys 1 to 8. */
export const mostLabels = 8;

/** The labels that the keys stand for. */
export const labelNames = keptSetting<readonly string[]>(
  "undertone-label-names",
  emotions,
  areNames,
);

/** Who labels. */
export const labeler = keptSetting("undertone-labeler", "me", isName);
