/** Short notices: from `HX-Trigger: {"toast": {"kind", "text"}}`, from the page, and when a request fails. */
const LASTS = 6000;
const words = (id) => document.getElementById(id)?.content.textContent.trim() ?? "";

function expire(element) {
  if (element.matches(".toast--error, .toast--warning")) return;
  const timer = setTimeout(() => element.remove(), LASTS);
  element.addEventListener("pointerenter", () => clearTimeout(timer));
  element.addEventListener("focusin", () => clearTimeout(timer));
}

export function toast(text, kind = "info") {
  const region = document.getElementById("toasts");
  if (!region || !text) return;
  const element = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  element.classList.replace("toast--info", `toast--${kind}`);
  element.querySelector("p").textContent = text;
  region.append(element);
  expire(element);
}

document.addEventListener("toast", ({ detail }) => {
  const given = detail?.value ?? detail ?? {};
  if (typeof given === "string") toast(given);
  else toast(given.text, given.kind);
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  if (/\btoast\b/.test(detail.xhr.getResponseHeader("HX-Trigger") ?? "")) return;
  toast(words(detail.xhr.status === 403 ? "toast-forbidden" : "toast-request-failed"), "error");
});
document.addEventListener("htmx:sendError", () => toast(words("toast-offline"), "error"));

document.addEventListener("click", ({ target }) => target.closest?.("[data-dismiss]")?.closest("[data-toast]")?.remove());
document.querySelectorAll("[data-toast]").forEach(expire);
