import type { JSX } from "preact";
import { computed, effect, signal } from "@preact/signals";
import { strings } from "./strings.ts";

const themes = ["system", "light", "dark"] as const;
type Theme = (typeof themes)[number];

const key = "undertone-theme";

const kept = localStorage.getItem(key);
const chosen = signal<Theme>(themes.find((each) => each === kept) ?? "system");

const darkSystem = matchMedia("(prefers-color-scheme: dark)");
const isSystemDark = signal(darkSystem.matches);
darkSystem.addEventListener("change", ({ matches }) => (isSystemDark.value = matches));

/** The theme that is shown; it stands in the page before whoever reads it is told. */
export const theme = computed(() => {
  const system = isSystemDark.value ? "dark" : "light";
  return chosen.value === "system" ? system : chosen.value;
});
effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
});

/** Returns the value of a color of the theme: asking the style sheet each time would make the browser lay out the page. */
export const themeColor = computed(() => {
  const known = new Map<string, string>();
  const style = getComputedStyle(document.documentElement);
  void theme.value;
  return (name: string): string => {
    const value = known.get(name) ?? style.getPropertyValue(`--${name}`);
    known.set(name, value);
    return value;
  };
});
effect(() => localStorage.setItem(key, chosen.value));

export function ThemeSwitch(): JSX.Element {
  return (
    <label class="theme">
      <span class="hidden">{strings.theme.label}</span>
      <select
        value={chosen.value}
        onChange={({ currentTarget }) => (chosen.value = themes[currentTarget.selectedIndex]!)}
      >
        {themes.map((each) => (
          <option key={each} value={each}>
            {strings.theme[each]}
          </option>
        ))}
      </select>
    </label>
  );
}
