/** The keyboard: lists by j and k, places by g and a letter, actions by their own key. */
import { openDialog } from "./shell.js";
import { openPalette } from "./palette.js";

const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
const writing = (element) => element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable='true']");

let going = 0;

const rowsOf = (list) => [...list.querySelectorAll("[data-row]")].filter(visible);
const lists = () => [...document.querySelectorAll("[data-list]")].filter(visible);
const currentRow = () => document.activeElement?.closest("[data-row]")
  ?? lists().flatMap(rowsOf).find((row) => row.getAttribute("aria-current") === "true");

function focusRow(row) {
  if (!row.hasAttribute("tabindex")) row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const now = currentRow();
  const rows = rowsOf(now?.closest("[data-list]") ?? lists()[0] ?? document.createElement("div"));
  if (!rows.length) return false;
  const at = rows.indexOf(now);
  focusRow(rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))]);
  return true;
}

function openRow() {
  const row = document.activeElement;
  if (!row?.matches("[data-row]")) return false;
  const way = row.querySelector("[data-open]") ?? row.querySelector("a[href]") ?? (row.matches("a") ? row : null);
  way?.click();
  return Boolean(way);
}

function back() {
  const active = document.activeElement;
  if (active && writing(active)) { active.blur(); return true; }
  const way = [...document.querySelectorAll("[data-back]")].find(visible);
  if (way) { way.click(); return true; }
  const row = lists().flatMap(rowsOf).find((one) => one.getAttribute("aria-current") === "true");
  if (row && active !== row) focusRow(row);
  return Boolean(row);
}

function press(element) {
  if (!element) return false;
  if (element.matches("input, textarea, select")) { element.focus(); element.select?.(); } else element.click();
  return true;
}

const find = (name, key) => [...document.querySelectorAll(`[${name}]`)]
  .find((element) => element.getAttribute(name) === key && (name === "data-key" || visible(element)));

function select() {
  const box = currentRow()?.querySelector("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

function showHelp() {
  const section = document.querySelector("[data-page-keys]");
  const hot = [...document.querySelectorAll("[data-hotkey]")].filter(visible);
  section.hidden = !hot.length;
  section.querySelector("dl").replaceChildren(...hot.flatMap((element) => {
    const [name, key, cap] = ["dt", "dd", "kbd"].map((tag) => document.createElement(tag));
    name.textContent = element.getAttribute("aria-label") ?? element.textContent.trim();
    cap.textContent = element.dataset.hotkey;
    key.append(cap);
    return [name, key];
  }));
  openDialog("keys-help");
  return true;
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  x: select,
  Enter: openRow,
  Escape: back,
  c: () => press(document.querySelector("[data-compose]")),
  "/": () => press([...document.querySelectorAll("[data-search], input[type=search]:not([role=combobox])")].find(visible)) || openPalette(),
  "?": showHelp,
  g: () => { going = Date.now(); return true; },
};

function act(key) {
  if (Date.now() - going < 1500 && key !== "g") {
    going = 0;
    return press(find("data-key", key));
  }
  return press(find("data-hotkey", key)) || Boolean(KEYS[key]?.());
}

/** What the form's own button would do, from wherever one writes in it. */
function send(field) {
  const button = [...field.form?.elements ?? []].find((one) => one.matches("button.button--primary:enabled") && visible(one));
  if (button) field.form.requestSubmit(button);
  return Boolean(button);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openPalette();
    return;
  }
  if ((event.metaKey || event.ctrlKey) && event.key === "Enter" && writing(event.target)) {
    if (send(event.target)) event.preventDefault();
    return;
  }
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (writing(event.target) && event.key !== "Escape") return;
  if (act(event.key)) event.preventDefault();
});
