/**
 * Whether whom this page was drawn for is still who is signed in. The server says in X-Session where that is not so; then one
 * dialog stands over the page, which keeps everything as it is. They sign in again in a window of their own; the page notices,
 * takes the new token and repeats what was refused. If it is somebody else, the page is emptied.
 */
import { renew } from "./csrf.js";
import { forgetAll } from "./kept.js";
import { toast } from "./toast.js";

const ASKED_EVERY = 4_000;
const PATIENCE = 8_000;
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

export const drawnFor = meta("drawn-for");
export const HEADERS = drawnFor ? { "X-Drawn-For": drawnFor } : {};
const address = `/session/?in=${encodeURIComponent(meta("organization"))}`;
const dialog = document.getElementById("signed-out");
const tabs = new BroadcastChannel("ops session");

let presence = "here";
let left = false; // signed out on purpose, in whichever tab
let polling = 0;
let refused = [];

export const isHere = () => presence === "here";

/** Asks who is signed in: "here", "out", "other", "threshold", or "unknown" and "offline" where no answer tells. */
export async function check() {
  let answer;
  try {
    answer = await fetch(address, { headers: HEADERS, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    return error.name === "TimeoutError" ? "unknown" : "offline";
  }
  const said = answer.headers.get("X-Session");
  if (said) return become(said);
  if (!answer.ok) return "unknown";
  const { token, threshold } = await answer.json();
  renew(token);
  if (threshold) dialog?.querySelector("[data-threshold]").setAttribute("href", threshold);
  return become(threshold ? "threshold" : "here");
}

function become(now) {
  const before = presence;
  presence = now;
  if (now === "here") goOn(before);
  else stop(now);
  return now;
}

function stop(now) {
  if (!dialog || (dialog.open && dialog.dataset.now === now)) return;
  for (const part of dialog.querySelectorAll("[data-presence]")) part.hidden = !part.dataset.presence.split(" ").includes(now);
  document.documentElement.toggleAttribute("data-sealed", left || now === "other");
  if (now === "other") empty();
  if (!dialog.open) dialog.showModal();
  dialog.dataset.now = now;
  polling ||= setInterval(() => document.hidden || check(), ASKED_EVERY);
}

/** Somebody else sits here: nothing of the page, nor of what was typed into it, is for them. */
function empty() {
  clearInterval(polling);
  refused = [];
  forgetAll(drawnFor);
  document.title = "SocialOps";
  for (const part of [...document.body.children]) if (part !== dialog && part.id !== "toasts") part.remove();
}

function goOn(was) {
  document.documentElement.removeAttribute("data-sealed");
  clearInterval(polling);
  polling = 0;
  left = false;
  if (dialog?.open) {
    dialog.close();
    writeOn();
  }
  const again = refused;
  refused = [];
  if (was !== "here") {
    toast(document.getElementById("toast-back")?.content.textContent.trim(), "success");
    document.dispatchEvent(new CustomEvent("ops:back"));
  }
  again.forEach((repeat) => repeat());
}

/** A box that got its focus back while its window was behind another takes no letters before it is focused anew. */
function writeOn() {
  const box = document.activeElement;
  const focus = () => { box.blur(); box.focus({ preventScroll: true }); };
  if (box === document.body) return;
  if (document.hasFocus() && !document.hidden) focus();
  else addEventListener("focus", () => document.activeElement === box && focus(), { once: true });
}

/** Keeps what could not be done until they are here again; `once` names what need not be repeated twice. */
export async function whenHere(repeat, once = repeat) {
  repeat.once = once;
  refused = [...refused.filter((other) => other.once !== once), repeat];
  if (["unknown", "offline"].includes(await check())) polling ||= setInterval(check, ASKED_EVERY);
}

dialog?.addEventListener("close", () => { if (!isHere()) dialog.showModal(); });
dialog?.addEventListener("cancel", (event) => event.preventDefault());
dialog?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-beside]");
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  window.open(link.href, "_blank");
});

/* Other tabs: who opens a page says who they are, and who leaves says so before they do. */
tabs.addEventListener("message", ({ data }) => {
  if (data.left && data.left === drawnFor) {
    left = true;
    forgetAll(drawnFor);
  } else if ("who" in data && dialog && (data.who !== drawnFor || !isHere())) check();
});
tabs.postMessage({ who: drawnFor });

document.addEventListener("visibilitychange", () => { if (!document.hidden && !isHere()) check(); });
addEventListener("focus", () => { if (!isHere()) check(); });
addEventListener("pageshow", async ({ persisted }) => {
  if (!persisted || !drawnFor) return;
  document.documentElement.toggleAttribute("data-sealed", true); // what Back brings may be another person's by now
  if (await check() !== "here") return;
  document.dispatchEvent(new CustomEvent("ops:back"));
});
if (document.querySelector("[data-closes]")) window.close();

/* htmx. */
document.addEventListener("htmx:configRequest", ({ detail }) => Object.assign(detail.headers, HEADERS));

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig, etc } = event.detail;
  if (!xhr.getResponseHeader("X-Session")) return;
  if (requestConfig.headers["X-Again"]) return; // refused twice: that is told as any failure is
  event.preventDefault();
  const { elt, verb, path, triggeringEvent } = requestConfig;
  const pressed = triggeringEvent?.submitter;
  const values = { ...etc.values, ...(pressed?.name ? { [pressed.name]: pressed.value } : {}) };
  const repeat = () => elt.isConnected && window.htmx.ajax(verb.toUpperCase(), path, {
    source: elt,
    event: triggeringEvent,
    target: etc.targetOverride?.isConnected ? etc.targetOverride : undefined,
    swap: etc.swapOverride,
    values,
    headers: { ...etc.headers, "X-Again": "1" },
  }).catch(() => {}); // htmx says by its events what went wrong
  whenHere(repeat, `${verb} ${path} ${elt.id}`);
});

/* Forms that load a page: nobody's text is sent to the sign-in page instead. */
const asking = new WeakSet();
const passed = new WeakSet();

/** Whether a form is being sent that was asked about already. */
export const isPassed = (form) => passed.has(form);

/* By attribute: a field may be called "action" or "method". */
const wish = (form, button, name) => button?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? "";
const goesTo = (form, button) => new URL(wish(form, button, "action"), location.href);
const sendsPage = (form, button) => wish(form, button, "method").toLowerCase() === "post"
  && !wish(form, button, "target") && goesTo(form, button).origin === location.origin;

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!dialog || event.defaultPrevented || isPassed(form) || !sendsPage(form, submitter)) return;
  event.preventDefault();
  if (goesTo(form, submitter).pathname === dialog.dataset.signOut) {
    forgetAll(drawnFor);
    tabs.postMessage({ left: drawnFor });
  }
  if (!asking.has(form)) ask(form, submitter);
});

async function ask(form, button) {
  asking.add(form);
  const said = await check();
  asking.delete(form);
  const send = () => pass(form, button?.isConnected ? button : null);
  if (said === "offline") toast(document.getElementById("toast-offline")?.content.textContent.trim(), "error");
  else if (said === "here" || said === "unknown") send();
  else if (said !== "other") refused.push(send);
}

function pass(form, button) {
  if (!form.isConnected) return;
  passed.add(form);
  try { form.requestSubmit(button); } finally { passed.delete(form); }
}
