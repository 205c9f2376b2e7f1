import { goldenSection } from "../../evaluation/calibration.ts";
import type { LogisticRegression } from "./logistic-regression.ts";

/** Returns the model with its logits divided by the temperature, 0.05 to 100, with the least of `lossOf`. */
export function tempered(
  model: LogisticRegression,
  lossOf: (model: LogisticRegression) => number,
): LogisticRegression {
  const at = (logTemperature: number): LogisticRegression =>
    scaled(model, Math.exp(-logTemperature));
  const ends = [Math.log(0.05), Math.log(100)] as const;
  return at(goldenSection((place) => lossOf(at(place)), ends, 1e-3));
}

const scaled = ({ classes, weights }: LogisticRegression, factor: number): LogisticRegression => ({
  classes,
  weights: weights.map((weight) => factor * weight),
});

/** Returns the model whose logits are the mean of those of two models of the same shape. */
export function meanOf(a: LogisticRegression, b: LogisticRegression): LogisticRegression {
  const { classes, weights } = a;
  return { classes, weights: weights.map((weight, i) => (weight + b.weights[i]!) / 2) };
}
