import type { JSX } from "preact";
import { dimensionMetrics } from "../../evaluation/metrics.ts";
import type { RunDimensions } from "../../server/api.ts";
import { strings } from "../strings.ts";
import { EstimateBar } from "./estimate.tsx";
import { ScoresHeading } from "./scores-heading.tsx";

const texts = strings.runs;

const [concordance, pearson, error] = dimensionMetrics;

/** The test scores of a run that predicts dimensions: their mean, and a row for each. */
export function DimensionScores({
  evaluation,
}: {
  readonly evaluation: RunDimensions;
}): JSX.Element {
  const { scores, dimensions, warnings } = evaluation;
  const bar = (of: typeof scores.concordance): JSX.Element => (
    <EstimateBar estimate={of} format={concordance.format} from={-1} to={1} />
  );
  return (
    <section>
      <ScoresHeading scores={scores} warnings={warnings} />
      <div class="wide">
        <table class="dimensions">
          <thead>
            <tr>
              <th scope="col">{texts.dimension}</th>
              <th scope="col" class="number">
                {texts.scale}
              </th>
              <th scope="col">{concordance.abbreviation}</th>
              <th scope="col" class="number">
                {pearson.abbreviation}
              </th>
              <th scope="col" class="number">
                {error.abbreviation}
              </th>
            </tr>
          </thead>
          <tbody>
            {dimensions.map(({ name, low, high }, index) => {
              const of = scores.dimensions[index]!;
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td class="number">
                    {low} – {high}
                  </td>
                  <td>{bar(of.concordance)}</td>
                  <td class="number">{pearson.format(of.pearson.value)}</td>
                  <td class="number">{error.format(of.rootMeanSquareError.value)}</td>
                </tr>
              );
            })}
            <tr>
              <th scope="row">{texts.mean}</th>
              <td />
              <td>{bar(scores.concordance)}</td>
              <td />
              <td />
            </tr>
          </tbody>
        </table>
      </div>
    </section>
  );
}
