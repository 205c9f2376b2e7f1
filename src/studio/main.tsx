import "@fontsource-variable/inter/index.css";
import "./theme.css";
import { render } from "preact";
import { App } from "./app.tsx";

render(<App />, document.querySelector("#studio")!);
