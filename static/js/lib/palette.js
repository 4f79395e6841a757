/** Ctrl-K: filters the places of the sidebar and the actions of the page by what is typed. */
import { openDialog } from "./shell.js";

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("[role=listbox]");
const none = dialog?.querySelector(".palette__none");
let found = [];
let at = 0;

const nameOf = (element) => element.dataset.palette
  || element.querySelector(".nav-item__label, .button__label")?.textContent.trim()
  || element.getAttribute("aria-label")
  || element.textContent.trim();

function choices() {
  const all = document.querySelectorAll("[data-page-actions] :is(a, button), .sidebar [data-palette], main [data-palette]");
  const seen = new Set();
  return [...all]
    .map((element) => ({ element, name: nameOf(element), key: element.dataset.hotkey ?? (element.dataset.key && `g ${element.dataset.key}`) }))
    .filter(({ name }) => name && !seen.has(name) && seen.add(name));
}

function option({ name, key }, index) {
  const row = document.createElement("div");
  row.className = "menu__item";
  row.role = "option";
  row.id = `palette-${index}`;
  row.ariaSelected = String(index === at);
  row.append(name);
  if (key) {
    const hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = key;
    row.append(hint);
  }
  row.addEventListener("click", () => run(index));
  return row;
}

function draw() {
  list.replaceChildren(...found.map(option));
  none.hidden = found.length > 0;
  input.setAttribute("aria-activedescendant", found.length ? `palette-${at}` : "");
  list.children[at]?.scrollIntoView({ block: "nearest" });
}

function filter() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  found = choices().filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  at = 0;
  draw();
}

function run(index) {
  const chosen = found[index]?.element;
  if (!chosen) return;
  dialog.close();
  chosen.click();
}

export function openPalette() {
  if (!dialog || dialog.open) return;
  input.value = "";
  openDialog("palette");
  filter();
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
