/** The script of a list of recordings: sorting by a click on a heading, and a filter. */
export const listScript = `"use strict";
(() => {
  const body = document.querySelector("tbody");
  const headings = [...document.querySelectorAll("thead th")];
  const filter = document.querySelector("input[type=search]");
  const count = document.querySelector(".count");
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
  };
  const isMissing = (value) => value === "" || value === "–";
  function sort(column, direction) {
    const keyed = [...body.rows].map((row) => ({ row, value: valueOf(row, column) }));
    keyed.sort(({ value: a }, { value: b }) => {
      if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
      const isText = typeof a === "string" || typeof b === "string";
      return direction * (isText ? collator.compare(a, b) : a - b);
    });
    body.append(...keyed.map(({ row }) => row));
  }
  headings.forEach((heading, column) => {
    const button = heading.querySelector("button");
    if (!button) return;
    button.disabled = false;
    button.addEventListener("click", () => {
      const isNumber = heading.dataset.sort === "number";
      const now = heading.getAttribute("aria-sort");
      const next = now === null ? (isNumber ? "descending" : "ascending")
        : now === "ascending" ? "descending" : "ascending";
      for (const each of headings) each.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", next);
      sort(column, next === "ascending" ? 1 : -1);
    });
  });
  filter.hidden = false;
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    count.textContent = words.length > 0 ? shown + " of " + body.rows.length + " rows" : "";
  });
})();`;
