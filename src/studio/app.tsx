import type { JSX } from "preact";
import { signal } from "@preact/signals";
import icon from "./icon.svg";
import { AnalyzePage } from "./analyze/analyze-page.tsx";
import { ModelPicker } from "./models/model-picker.tsx";
import { PrivacyBadge } from "./privacy-badge.tsx";
import { strings } from "./strings.ts";
import { TeachPage } from "./teach/teach-page.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

interface Tab {
  readonly name: keyof typeof strings.tabs;
  readonly Page: () => JSX.Element;
}

/** The tabs that there are. */
const tabs: readonly Tab[] = [
  { name: "analyze", Page: AnalyzePage },
  { name: "teach", Page: TeachPage },
];

const fromHash = (): Tab => tabs.find(({ name }) => location.hash === `#${name}`) ?? tabs[0]!;

const shown = signal(fromHash());
addEventListener("hashchange", () => (shown.value = fromHash()));

export function App(): JSX.Element {
  const { Page } = shown.value;
  return (
    <>
      <header class="top">
        <a class="brand" href="#analyze">
          <img src={icon} alt="" width="24" height="24" /> {strings.product}
        </a>
        <nav aria-label={strings.parts}>
          {tabs.map((tab) => (
            <a
              key={tab.name}
              href={`#${tab.name}`}
              aria-current={tab === shown.value ? "page" : undefined}
            >
              {strings.tabs[tab.name]}
            </a>
          ))}
        </nav>
        <PrivacyBadge />
        <ModelPicker />
        <ThemeSwitch />
      </header>
      <main>
        <Page />
      </main>
    </>
  );
}
