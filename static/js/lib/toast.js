/**
 * Short notices: from `HX-Trigger: {"toast": {"kind", "text", "undo"}}`, from the page, and when a request fails.
 * One with [data-undo] stays ten seconds; the button sends its data-values there (organizations/undo.py), or calls what
 * takes it back where nothing was sent yet: toast(text, "info", { back }).
 */
import { token } from "./csrf.js";

const LASTS = 6000;
const UNDO_LASTS = 10_000;
const GAP = 8;
const words = (id) => document.getElementById(id)?.content.textContent.trim() ?? "";

function expire(element) {
  if (element.matches(".toast--error, .toast--warning")) return;
  const timer = setTimeout(() => element.remove(), element.querySelector("[data-undo]") ? UNDO_LASTS : LASTS);
  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("focusin", () => clearTimeout(timer));
}

const covers = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/** Above whatever primary button would lie beneath: what one is to press next is never covered. */
function place() {
  const region = document.getElementById("toasts");
  region.style.bottom = "";
  const buttons = [...document.querySelectorAll(".button--primary")].filter((one) => one.checkVisibility?.() ?? true);
  for (const _ of buttons) {
    const own = region.getBoundingClientRect();
    const under = buttons.map((one) => one.getBoundingClientRect()).filter((one) => covers(own, one));
    if (!under.length) return;
    region.style.bottom = `${innerHeight - Math.min(...under.map((one) => one.top)) + GAP}px`;
  }
}

const ways = new WeakMap(); // button: what takes it back on this page

function undoButton({ url, values, target, back }) {
  const button = document.getElementById("toast-undo").content.firstElementChild.cloneNode(true);
  if (back) ways.set(button, back);
  Object.assign(button.dataset, back ? { undo: "" } : { undo: url, values: JSON.stringify(values), target });
  return button;
}

function dismiss(element) {
  if (element.contains(document.activeElement)) document.getElementById("main")?.focus({ preventScroll: true });
  element.remove();
}

function undo(button) {
  const { undo: url, target } = button.dataset;
  dismiss(button.closest("[data-toast]"));
  if (ways.has(button)) {
    ways.get(button)();
    return;
  }
  const values = JSON.parse(button.dataset.values);
  if (target !== undefined) {
    window.htmx.ajax("POST", url, { values, ...(target ? { target, swap: "outerHTML" } : { source: document.body, swap: "none" }) });
    return;
  }
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: url, hidden: true });
  for (const [name, value] of Object.entries({ ...values, next: location.pathname + location.search, csrfmiddlewaretoken: token() })) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.requestSubmit();
}

export function toast(text, kind = "info", taken = null) {
  const region = document.getElementById("toasts");
  if (!region || !text) return;
  const element = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  element.classList.replace("toast--info", `toast--${kind}`);
  element.querySelector("p").textContent = text;
  if (taken) element.querySelector("p").append(" ", undoButton(taken));
  region.append(element);
  expire(element);
  place();
}

document.addEventListener("toast", ({ detail }) => {
  const given = detail?.value ?? detail ?? {};
  if (typeof given === "string") toast(given);
  else toast(given.text, given.kind, given.undo);
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  if (/\btoast\b/.test(detail.xhr.getResponseHeader("HX-Trigger") ?? "")) return;
  if (detail.requestConfig.triggeringEvent?.type.startsWith("ops:")) return; // nobody asked, and it is asked for again
  toast(words(detail.xhr.status === 403 ? "toast-forbidden" : "toast-request-failed"), "error");
});
document.addEventListener("htmx:sendError", ({ detail }) => {
  if (!detail.requestConfig.triggeringEvent?.type.startsWith("ops:")) toast(words("toast-offline"), "error");
});

document.addEventListener("click", ({ target }) => {
  const done = target.closest?.("[data-dismiss]")?.closest("[data-toast]");
  if (done) dismiss(done);
  const button = target.closest?.("[data-undo]");
  if (button) undo(button);
});
document.querySelectorAll("[data-toast]").forEach(expire);
if (document.querySelector("[data-toast]")) place();
addEventListener("resize", place);
