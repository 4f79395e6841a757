/** Keeps the focus where it was when htmx replaces what held it. */
let held = null;

const address = (element) => {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const row = element.closest("[data-row][id]");
  return row ? `#${CSS.escape(row.id)}` : null;
};

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const active = document.activeElement;
  held = active && active !== document.body && detail.target?.contains(active)
    ? { selector: address(active), target: detail.target.id }
    : null;
});

document.addEventListener("htmx:afterSettle", () => {
  if (!held || (document.activeElement && document.activeElement !== document.body)) return;
  const found = held.selector && document.querySelector(held.selector);
  const fallback = held.target && document.getElementById(held.target);
  held = null;
  const chosen = found || fallback;
  if (!chosen) return;
  if (!found) chosen.tabIndex = -1;
  chosen.focus({ preventScroll: true });
});
