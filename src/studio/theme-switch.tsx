import type { JSX } from "preact";
import { effect, signal } from "@preact/signals";
import { strings } from "./strings.ts";

const themes = ["system", "light", "dark"] as const;
type Theme = (typeof themes)[number];

const key = "undertone-theme";

const kept = localStorage.getItem(key);
const theme = signal<Theme>(themes.find((each) => each === kept) ?? "system");
effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
  localStorage.setItem(key, theme.value);
});

export function ThemeSwitch(): JSX.Element {
  return (
    <label class="theme">
      <span class="hidden">{strings.theme.label}</span>
      <select
        value={theme.value}
        onChange={({ currentTarget }) => (theme.value = themes[currentTarget.selectedIndex]!)}
      >
        {themes.map((each) => (
          <option value={each}>{strings.theme[each]}</option>
        ))}
      </select>
    </label>
  );
}
