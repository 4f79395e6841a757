/**
 * Moving an entry to another day: by dragging it, or by m, arrows and Enter.
 * [data-calendar] holds [data-day="YYYY-MM-DD"] cells; an entry is [data-entry] with data-move-url. The server decides:
 * it gets day=YYYY-MM-DD, and data-seen of the entry as seen, and answers with the calendar, or with an error, in which case nothing moved.
 * A drop on a day that is over is refused in words (data-say-closed). The days are one stop of the Tab key: arrows go from day to
 * day, Tab on through the entries of the day and then out. A click on an empty day composes for it (data-compose-url).
 * What is said aloud stands in data-say-picked, data-say-over and data-say-back on [data-calendar], with {day} for the day.
 */
import { toast } from "../lib/toast.js";

let moving = null;

const calendarOf = (element) => element.closest("[data-calendar]");
const dayOf = (element) => element.closest?.("[data-day]");
const clearMarks = () => document.querySelectorAll("[data-over]").forEach((cell) => cell.removeAttribute("data-over"));

function say(calendar, key, cell) {
  const text = (calendar.dataset[key] ?? "").replace("{day}", cell?.getAttribute("aria-label") ?? cell?.dataset.day ?? "");
  const region = calendar.querySelector("[data-calendar-status]");
  if (region) region.textContent = text;
}

function mark(cell) {
  clearMarks();
  cell?.setAttribute("data-over", "");
}

function drop(entry, cell) {
  const calendar = calendarOf(entry);
  if (!cell || dayOf(entry) === cell) return;
  if ("closed" in cell.dataset) { toast(calendar.dataset.sayClosed, "warning"); return; }
  entry.dataset.busy = "";
  const done = () => entry.removeAttribute("data-busy");
  window.htmx.ajax("POST", entry.dataset.moveUrl, {
    source: entry,
    target: calendar.dataset.moveTarget ?? calendar,
    swap: calendar.dataset.moveSwap ?? "outerHTML",
    values: { day: cell.dataset.day, ...(entry.dataset.seen && { seen: entry.dataset.seen }) },
  }).then(done, done);
}

function stop() {
  moving?.entry.removeAttribute("data-moving");
  moving = null;
  clearMarks();
}

function pickUp(entry) {
  const calendar = calendarOf(entry);
  const cells = [...calendar.querySelectorAll("[data-day]")];
  moving = { entry, cells, at: cells.indexOf(dayOf(entry)) };
  entry.dataset.moving = "";
  mark(cells[moving.at]);
  say(calendar, "sayPicked", cells[moving.at]);
}

function carry(by) {
  const at = moving.at + by;
  if (!moving.cells[at]) return;
  moving.at = at;
  mark(moving.cells[at]);
  moving.cells[at].scrollIntoView({ block: "nearest" });
  say(calendarOf(moving.entry), "sayOver", moving.cells[at]);
}

function putDown() {
  const { entry, cells, at } = moving;
  stop();
  drop(entry, cells[at]);
}

function putBack() {
  const { entry } = moving;
  stop();
  say(calendarOf(entry), "sayBack", dayOf(entry));
}

document.addEventListener("keydown", (event) => {
  if (!moving) {
    const entry = event.target.closest?.("[data-entry][data-move-url]");
    if (!entry || event.key !== "m" || event.ctrlKey || event.metaKey || event.altKey) return;
    pickUp(entry);
  } else {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (by) carry(by);
    else if (event.key === "Enter" || event.key === " ") putDown();
    else if (event.key === "Escape" || event.key === "Tab") putBack();
    else return;
  }
  event.preventDefault();
  event.stopPropagation();
}, true);

document.addEventListener("dragstart", (event) => {
  const entry = event.target.closest?.("[data-entry][data-move-url]");
  if (!entry) return;
  moving && stop();
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", entry.textContent.trim());
  entry.dataset.moving = "";
});
document.addEventListener("dragover", (event) => {
  const cell = document.querySelector("[data-entry][data-moving]") && dayOf(event.target);
  if (!cell) return;
  event.preventDefault(); // on a day that is over, too: the drop says why
  event.dataTransfer.dropEffect = "move";
  if ("closed" in cell.dataset) clearMarks();
  else if (!cell.hasAttribute("data-over")) mark(cell);
});
document.addEventListener("drop", (event) => {
  const entry = document.querySelector("[data-entry][data-moving]");
  const cell = dayOf(event.target);
  if (!entry || !cell) return;
  event.preventDefault();
  drop(entry, cell);
});
document.addEventListener("dragend", () => {
  document.querySelectorAll("[data-entry][data-moving]").forEach((entry) => entry.removeAttribute("data-moving"));
  clearMarks();
});
document.addEventListener("focusout", ({ target }) => { if (moving?.entry === target) stop(); });

/* One stop of the Tab key for the whole grid. */
const stops = (cell) => [...cell.querySelectorAll("a[href]")];

function enter(cell) {
  for (const one of calendarOf(cell).querySelectorAll("[data-day]")) {
    stops(one).forEach((link) => { link.tabIndex = one === cell ? 0 : -1; });
  }
}

function prepare() {
  for (const calendar of document.querySelectorAll("[data-calendar]")) {
    const day = (selector) => dayOf(calendar.querySelector(selector) ?? calendar);
    const first = dayOf(document.activeElement) ?? day("[aria-current=date]") ?? day(".day--today a") ?? day(".day:not(.day--out) a");
    if (first) enter(first);
  }
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

document.addEventListener("keydown", (event) => {
  const cell = event.target.matches?.("[data-calendar] a") && dayOf(event.target);
  if (!cell || moving || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const cells = [...calendarOf(cell).querySelectorAll("[data-day]")];
  const at = cells.indexOf(cell);
  const to = { Home: at - at % 7, End: at - at % 7 + 6 }[event.key] ?? at + (STEPS[event.key] ?? NaN);
  if (event.key === "PageUp" || event.key === "PageDown") document.getElementById(event.key === "PageUp" ? "month-before" : "month-after")?.click();
  else if (cells[to]) stops(cells[to])[0]?.focus();
  else return;
  event.preventDefault();
});
document.addEventListener("focusin", ({ target }) => { if (target.matches?.("[data-calendar] [data-day] a")) enter(dayOf(target)); });
document.addEventListener("click", ({ target }) => {
  const cell = target.closest?.("a, button") ? null : dayOf(target);
  const compose = cell && calendarOf(cell)?.dataset.composeUrl;
  if (compose && !("closed" in cell.dataset) && !cell.querySelector("[data-entry]")) location.assign(`${compose}?day=${cell.dataset.day}`);
});
document.addEventListener("htmx:afterSettle", prepare);
prepare();
