import type { JSX } from "preact";
import { computed } from "@preact/signals";
import icon from "./icon.svg";
import { AnalyzePage } from "./analyze/analyze-page.tsx";
import { ModelPicker } from "./models/model-picker.tsx";
import { PrivacyBadge } from "./privacy-badge.tsx";
import { findLocalApi, localApi } from "./api/local-api.ts";
import { hash } from "./api/route.ts";
import { CorporaPage } from "./corpora/corpora-page.tsx";
import { RunsPage } from "./runs/runs-page.tsx";
import { strings } from "./strings.ts";
import { TeachPage } from "./teach/teach-page.tsx";
import { ThemeSwitch } from "./theme-switch.tsx";

interface Tab {
  readonly name: keyof typeof strings.tabs;
  readonly Page: () => JSX.Element;
}

const tabs: readonly Tab[] = [
  { name: "analyze", Page: AnalyzePage },
  { name: "teach", Page: TeachPage },
];

/** What `undertone studio` adds. */
const localTabs: readonly Tab[] = [
  { name: "runs", Page: RunsPage },
  { name: "corpora", Page: CorporaPage },
];

void findLocalApi();
const isLocal = computed(() => ["here", "locked"].includes(localApi.value));
const allTabs = computed(() => (isLocal.value ? [...tabs, ...localTabs] : tabs));
const shown = computed(
  () => allTabs.value.find(({ name }) => hash.value.split("/")[0] === `#${name}`) ?? tabs[0]!,
);

export function App(): JSX.Element {
  const { Page } = shown.value;
  return (
    <>
      <header class="top">
        <a class="brand" href="#analyze">
          <img src={icon} alt="" width="24" height="24" /> {strings.product}
        </a>
        <nav aria-label={strings.parts}>
          {allTabs.value.map((tab) => (
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
