import "@fontsource-variable/inter/index.css";
import "./theme.css";
import "./labels/labels.css";
import "./teach/teach.css";
import "uplot/dist/uPlot.min.css";
import "./api/local.css";
import "./runs/runs.css";
import "./corpora/corpora.css";
import { render } from "preact";
import { App } from "./app.tsx";

render(<App />, document.querySelector("#studio")!);
// Browsers have none on insecure addresses: there the page needs its host each time.
if (import.meta.env.MODE === "production")
  await navigator.serviceWorker?.register("service-worker.js");
