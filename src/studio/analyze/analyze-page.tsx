import type { JSX } from "preact";
import { strings } from "../strings.ts";

export function AnalyzePage(): JSX.Element {
  return (
    <section>
      <h1>{strings.analyze.title}</h1>
      <p>{strings.analyze.drop}</p>
    </section>
  );
}
