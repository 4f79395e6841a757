/** The shell's own switches: theme, sidebar, dialogs and questions before a form is sent. */
import { isPassed } from "./session.js";

const root = document.documentElement;
const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode: this page only */ } };

function toggleTheme() {
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  keep("theme", root.dataset.theme);
  document.dispatchEvent(new CustomEvent("ops:theme"));
}

function toggleSidebar() {
  const narrow = root.dataset.sidebar === "icons";
  root.dataset.sidebar = narrow ? "full" : "icons";
  keep("sidebar", root.dataset.sidebar);
}

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("ops:opened"));
}

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest?.(selector);
  if (on("[data-theme-toggle]")) toggleTheme();
  else if (on("[data-sidebar-toggle]")) toggleSidebar();
  else if (on("[data-dialog]")) openDialog(on("[data-dialog]").dataset.dialog);
  else if (on("[data-close]")) on("[data-close]").closest("dialog, [popover]")?.[on("dialog") ? "close" : "hidePopover"]();
  else if (event.target instanceof HTMLDialogElement && !event.target.matches("[data-stays]")) event.target.close();
});

document.addEventListener("submit", (event) => {
  if (isPassed(event.target)) return;
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
}, true);

document.addEventListener("close-dialog", () => document.querySelector("dialog[open]:not([data-stays])")?.close());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("ops:theme")));
