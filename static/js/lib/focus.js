/**
 * Keeps the focus where people work when htmx replaces what held it; it never falls to the body. After one's own press it
 * goes to [data-focus] of what came (the next thing to do), else to what has the same id, else to the row that took its
 * row's place, else to the part itself.
 */
const working = new WeakMap(); // request: what had the focus as it left, for that may be disabled or replaced while one waits
const held = new WeakMap(); // request: where the focus was in what it replaces

const lost = () => !document.activeElement || document.activeElement === document.body;
const rowsOf = (root) => [...root?.querySelectorAll("[data-row]") ?? []];

function address(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const row = element.closest("[data-row][id]");
  return row ? `#${CSS.escape(row.id)}` : null;
}

function take(element) {
  if (!element?.isConnected || element.disabled || !(element.checkVisibility?.() ?? true)) return false;
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  return document.activeElement === element;
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const from = lost() ? detail.elt : document.activeElement;
  if (detail.target?.contains(from)) working.set(detail.xhr, from);
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const own = ["click", "submit"].includes(detail.requestConfig?.triggeringEvent?.type);
  const here = detail.target?.contains(document.activeElement) && !lost();
  const from = here ? document.activeElement : own && lost() && working.get(detail.xhr);
  if (!from) return;
  const row = from.closest("[data-row]");
  held.set(detail.xhr, { own, selector: address(from), target: detail.target.id, at: row ? rowsOf(detail.target).indexOf(row) : -1 });
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const was = held.get(detail.xhr);
  held.delete(detail.xhr);
  if (!was) return;
  const part = was.target && document.getElementById(was.target);
  if (!lost() && !(was.own && part?.contains(document.activeElement))) return;
  const rows = rowsOf(part);
  const choices = [
    () => was.own && part?.querySelector("[data-focus]"),
    () => was.selector && document.querySelector(was.selector),
    () => was.at >= 0 && rows[Math.min(was.at, rows.length - 1)],
    () => part,
    () => document.getElementById("main"),
  ];
  choices.some((choose) => take(choose() || null));
});
