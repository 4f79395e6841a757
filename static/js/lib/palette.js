/**
 * Ctrl-K on every page: the places of the sidebar and the actions of the page that fit what is typed, and from the server
 * (data-find) the people, posts, conversations, profiles and settings that do, as far as the reader may see them.
 */
import { fits } from "./plain.js";
import { openDialog } from "./shell.js";

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
const none = dialog?.querySelector(".palette__none");
const WAIT = 150;

let found = [];
let at = 0;
let timer = 0;
let asking = null;

const nameOf = (element) => element.dataset.palette
  || element.querySelector(".nav-item__label, .button__label")?.textContent.trim()
  || element.getAttribute("aria-label")
  || element.textContent.trim();

function choices() {
  const all = document.querySelectorAll("[data-page-actions] :is(a, button), .sidebar [data-palette], main [data-palette], [data-palette-only] [data-palette]");
  const seen = new Set();
  return [...all]
    .map((element) => ({ element, name: nameOf(element), key: element.dataset.hotkey ?? (element.dataset.key && `g ${element.dataset.key}`) }))
    .filter(({ name }) => name && !seen.has(name) && seen.add(name));
}

function option({ name, key, note }, index) {
  const row = document.createElement("div");
  row.className = "menu__item";
  row.role = "option";
  row.id = `palette-${index}`;
  row.ariaSelected = String(index === at);
  const label = document.createElement("span");
  label.className = "palette__name";
  label.dir = "auto";
  label.textContent = name;
  row.append(label);
  if (key || note) {
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = key || note;
    row.append(hint);
  }
  row.addEventListener("click", () => run(index));
  return row;
}

function draw() {
  list.replaceChildren(...found.map(option));
  none.hidden = found.length > 0 || asking !== null;
  input.setAttribute("aria-activedescendant", found.length ? `palette-${at}` : "");
  list.children[at]?.scrollIntoView({ block: "nearest" });
}

function filter() {
  found = choices().filter(({ name }) => fits(name, input.value));
  at = 0;
  look();
  draw();
}

/** Asks the server once typing pauses; what it finds stands below what is here. */
function look() {
  clearTimeout(timer);
  asking?.abort();
  asking = null;
  const q = input.value.trim();
  if (!q || !dialog.dataset.find) return;
  const asked = asking = new AbortController();
  timer = setTimeout(async () => {
    try {
      const answer = await fetch(`${dialog.dataset.find}?${new URLSearchParams({ q })}`, { signal: asked.signal, headers: { Accept: "application/json" } });
      const more = answer.ok ? (await answer.json()).found : [];
      if (asking === asked) found.push(...more);
    } catch { /* taken back, or the server cannot be reached: what is here is shown */ }
    if (asking !== asked) return;
    asking = null;
    draw();
  }, WAIT);
}

function run(index) {
  const chosen = found[index];
  if (!chosen) return;
  dialog.close();
  if (chosen.url) location.assign(chosen.url);
  else chosen.element.click();
}

export function openPalette() {
  if (!dialog || dialog.open) return false;
  input.value = "";
  openDialog("palette");
  filter();
  return true;
}

input?.addEventListener("input", filter);
input?.addEventListener("keydown", (event) => {
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (move && found.length) {
    at = (at + move + found.length) % found.length;
    draw();
  } else if (event.key === "Enter") run(at);
  else return;
  event.preventDefault();
});
