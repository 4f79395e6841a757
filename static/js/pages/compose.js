import "../components/tray.js";
import { read, write } from "../lib/kept.js";
import { toast } from "../lib/toast.js";

/** The profile picker: options become chips when ticked, and chips become options when unticked. Without it they stay boxes. */
const picker = document.querySelector("[data-picker]");
const search = picker?.querySelector("[data-picker-search]");
const options = picker?.querySelector("[data-options]");
const picked = picker?.querySelector("[data-picked]");

function open(on) {
  options.hidden = !on;
  search.setAttribute("aria-expanded", String(on));
}

const goesTo = (box) => (box.checked ? picked : options);

function place(box) {
  const label = box.closest(".pick");
  if (box.checked) picked.append(label);
  else options.prepend(label);
  search.value = "";
  search.focus();
}

/** After the browser's Back the boxes are as they were left, and the chips and the previews follow them. */
function agree() {
  const strayed = [...picker.querySelectorAll("[name=profiles]")].filter((box) => !goesTo(box).contains(box));
  strayed.forEach((box) => goesTo(box).append(box.closest(".pick")));
  picker.closest("form").dispatchEvent(new Event("change", { bubbles: true }));
}

function step(by) {
  const boxes = [...options.querySelectorAll("input")];
  const at = boxes.indexOf(document.activeElement) + by;
  (boxes[at] ?? search).focus();
}

if (picker) {
  addEventListener("pageshow", ({ persisted }) => {
    const [entry] = performance.getEntriesByType("navigation");
    if (persisted || entry?.type === "back_forward") setTimeout(agree);
  });
  picker.addEventListener("change", ({ target }) => { if (target.matches("[name=profiles]")) place(target); });
  for (const wanted of ["focusin", "click", "input"]) {
    picker.addEventListener(wanted, ({ target }) => { if (target === search) open(true); });
  }
  document.addEventListener("click", ({ target }) => { if (!picker.contains(target) && target.isConnected) open(false); });
  picker.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !options.hidden) { search.focus(); open(false); event.stopPropagation(); }
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Backspace" && event.target === search && !search.value) picked.lastElementChild?.querySelector("input")?.click();
    else if (event.key === "Enter") (event.target === search ? options.querySelector("input") : event.target)?.click();
    else return;
    if (event.key !== "Backspace") event.preventDefault();
  });
}

/* The day and the hour matter only where a time is wanted; touching them wants one. */
const when = document.querySelector("[data-when-at]");
when?.addEventListener("input", () => {
  const at = document.querySelector("[name=when][value=at]");
  if (at && !at.checked) at.checked = true;
});

/* A network's own wording is marked on its tab, so that it is not forgotten there. */
function markTabs() {
  for (const tab of document.querySelectorAll("[data-variant]")) {
    tab.toggleAttribute("data-own", Boolean(document.getElementById(`id_${tab.dataset.variant}`)?.value.trim()));
  }
}
document.querySelector("[data-composer]")?.addEventListener("input", markTabs);
markTabs();

/* Parts of a thread: one that is removed leaves with its text; after they were rearranged everything counts again. */
const composer = document.querySelector("[data-composer]");
const PART = /^(?:part|own_(\w+))_(\d+)$/;
const numberOf = (field) => Number(PART.exec(field.name)[2]);

function fill(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

composer?.addEventListener("click", ({ target }) => {
  const part = target.closest("[data-remove-part]")?.closest("[data-part]");
  if (!part) return;
  const field = part.querySelector("textarea");
  const text = field.value;
  fill(field, "");
  const before = part.previousElementSibling?.querySelector("textarea") ?? (part.closest("[role=tabpanel]") ?? document).querySelector("textarea");
  part.remove();
  before.focus();
  toast(composer.dataset.removed, "info", { back: () => bringBack(part, field, text) });
});

/** A removed part with its text and files, where its number belongs; under the next free one where that is taken by now. */
function bringBack(part, field, text) {
  const [, network] = PART.exec(field.name);
  const end = network ? document.getElementById(`own-box-${network}`) : null;
  const home = network ? end?.parentElement : document.getElementById("thread");
  if (!home) return; // that network is not chosen any more
  const parts = [...home.querySelectorAll(":scope > [data-part]")];
  if (composer.elements[field.name]) {
    const last = Math.max(...parts.map((one) => numberOf(one.querySelector("textarea"))));
    const fresh = boxFor(field.name.replace(/\d+$/, last + 1));
    fresh.closest("[data-part]").querySelector("ops-tray")?.adopt(part.querySelectorAll("[data-item]"));
    field = fresh;
  } else home.insertBefore(part, parts.find((one) => numberOf(one.querySelector("textarea")) > numberOf(field)) ?? end);
  fill(field, text);
  field.focus();
}

/* What <ops-draft> keeps may hold parts for which a reloaded page has no box, or that were joined into one text. */
const draft = composer?.closest("[data-draft-key]")?.dataset.draftKey;
const isPart = (name) => PART.test(name);
const boxless = () => Object.entries(read(draft)).filter(([name, text]) => isPart(name) && text && !composer.elements[name]);

/** An empty box for a part: of the thread, or of what stands for one network alone. */
function boxFor(name) {
  const [, network, number] = PART.exec(name);
  const box = document.createElement("template");
  const source = document.getElementById(network ? `own-box-${network}` : "part-box");
  if (!source) return null;
  box.innerHTML = source.innerHTML.replaceAll("9999", number);
  box.content.firstElementChild.dataset.broughtBack = "";
  if (network) source.before(box.content);
  else document.getElementById("thread").append(box.content);
  return composer.elements[name];
}

for (const [name, text] of composer ? boxless() : []) {
  const field = boxFor(name);
  if (!field) continue;
  fill(field, text);
  document.querySelectorAll("[data-draft-note]").forEach((note) => { note.hidden = false; });
}

function forgetJoined() {
  const gone = Object.fromEntries(boxless().map(([name]) => [name, ""]));
  write(draft, { ...read(draft), ...gone });
}

composer?.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id !== "editor") return;
  markTabs();
  forgetJoined();
  for (const text of target.querySelectorAll("textarea")) text.dispatchEvent(new Event("input", { bubbles: true }));
});
