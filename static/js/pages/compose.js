import "../components/tray.js";

/** The profile picker: options become chips when ticked, and chips become options when unticked. Without it they stay boxes. */
const picker = document.querySelector("[data-picker]");
const search = picker?.querySelector("[data-picker-search]");
const options = picker?.querySelector("[data-options]");
const picked = picker?.querySelector("[data-picked]");

function open(on) {
  options.hidden = !on;
  search.setAttribute("aria-expanded", String(on));
}

function place(box) {
  const label = box.closest(".pick");
  if (box.checked) picked.append(label);
  else options.prepend(label);
  search.value = "";
  search.focus();
}

function step(by) {
  const boxes = [...options.querySelectorAll("input")];
  const at = boxes.indexOf(document.activeElement) + by;
  (boxes[at] ?? search).focus();
}

if (picker) {
  picker.addEventListener("change", ({ target }) => { if (target.matches("[name=profiles]")) place(target); });
  for (const wanted of ["focusin", "click", "input"]) {
    picker.addEventListener(wanted, ({ target }) => { if (target === search) open(true); });
  }
  document.addEventListener("click", ({ target }) => { if (!picker.contains(target) && target.isConnected) open(false); });
  picker.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !options.hidden) { search.focus(); open(false); event.stopPropagation(); }
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Backspace" && event.target === search && !search.value) picked.lastElementChild?.querySelector("input")?.click();
    else if (event.key === "Enter") (event.target === search ? options.querySelector("input") : event.target).click();
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
composer?.addEventListener("click", ({ target }) => {
  const part = target.closest("[data-remove-part]")?.closest("[data-part]");
  if (!part) return;
  const text = part.querySelector("textarea");
  text.value = "";
  text.dispatchEvent(new Event("input", { bubbles: true }));
  const before = part.previousElementSibling?.querySelector("textarea") ?? document.getElementById("id_text");
  part.remove();
  before.focus();
});

/* What <ops-draft> keeps may hold parts for which a reloaded page has no box, or that were joined into one text. */
const draft = `draft ${composer?.closest("[data-draft-key]")?.dataset.draftKey}`;
const kept = () => { try { return JSON.parse(sessionStorage.getItem(draft)) ?? {}; } catch { return {}; } };
const boxless = () => Object.entries(kept()).filter(([name, text]) => name.startsWith("part_") && text && !composer.elements[name]);

for (const [name, text] of composer ? boxless() : []) {
  const box = document.createElement("template");
  box.innerHTML = document.getElementById("part-box").innerHTML.replaceAll("9999", name.slice(5));
  const field = box.content.querySelector("textarea");
  field.value = text;
  document.getElementById("thread").append(box.content);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelectorAll("[data-draft-note]").forEach((note) => { note.hidden = false; });
}

function forgetJoined() {
  const gone = Object.fromEntries(boxless().map(([name]) => [name, ""]));
  try { sessionStorage.setItem(draft, JSON.stringify({ ...kept(), ...gone })); } catch { /* full or forbidden: nothing was kept */ }
}

composer?.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id !== "editor") return;
  markTabs();
  forgetJoined();
  for (const text of target.querySelectorAll("textarea")) text.dispatchEvent(new Event("input", { bubbles: true }));
});
