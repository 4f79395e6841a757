/**
 * Says on this page what changed: ops:<topic> and ops:<topic>:<id> on body, which parts listen to with hx-trigger. A part that
 * was asked for before something was heard may lack it, and one that could not be loaded lacks it surely: they ask again.
 * What was asked for before one's own act and is answered after it would show the state before the act: it is not shown.
 */
const GATHER = 80;
const AGAIN_FIRST = 2_000;
const AGAIN_LAST = 60_000;

const waiting = new Set();
const heard = new Map(); // event: when it was last heard of
const sent = new WeakMap(); // request: when it was sent
const acted = new WeakMap(); // part: when an act's answer was shown in it
const owed = new Set(); // events of parts that failed to load
let timer = 0;
let retry = 0;
let wait = AGAIN_FIRST;

export function announce(names) {
  for (const name of names) {
    waiting.add(name);
    heard.set(name, performance.now());
  }
  timer ||= setTimeout(() => {
    timer = 0;
    const now = [...waiting];
    waiting.clear();
    now.forEach((name) => document.body.dispatchEvent(new CustomEvent(name)));
  }, GATHER);
}

export const namesOf = ({ topic, id }) => [`ops:${topic}`, ...(id ? [`ops:${topic}:${id}`] : [])];

/** What the parts in here listen to. */
function listenedTo(root = document) {
  const names = new Set();
  const parts = [...root.querySelectorAll?.("[hx-trigger*='ops:']") ?? []];
  if (root.matches?.("[hx-trigger*='ops:']")) parts.push(root);
  for (const part of parts) {
    for (const [name] of part.getAttribute("hx-trigger").matchAll(/ops:[\w:-]+/g)) names.add(name);
  }
  return names;
}

/** Everything that is live is asked for again. */
export function refresh() {
  announce(["ops:resync", ...listenedTo()]);
}

document.addEventListener("htmx:beforeSend", ({ detail }) => sent.set(detail.requestConfig, performance.now()));

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { requestConfig, target } = detail;
  if (requestConfig.verb !== "get") acted.set(target, performance.now());
  else if (requestConfig.triggeringEvent?.type.startsWith("ops:") && sent.get(requestConfig) < acted.get(target)) {
    detail.shouldSwap = false;
    announce(listenedTo(target));
  }
});

document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
  const since = sent.get(detail.requestConfig) ?? Infinity;
  const late = [...listenedTo(target)].filter((name) => heard.get(name) >= since && !waiting.has(name));
  if (late.length) announce(late);
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr, successful, requestConfig } }) => {
  const names = requestConfig?.verb === "get" ? listenedTo(requestConfig.elt ?? elt) : new Set();
  if (!names.size) return;
  if (successful) {
    names.forEach((name) => owed.delete(name));
    wait = AGAIN_FIRST;
  } else if (!xhr.getResponseHeader("X-Session")) {
    names.forEach((name) => owed.add(name));
    retry ||= setTimeout(() => { retry = 0; announce(owed); }, wait * (.75 + Math.random() / 2));
    wait = Math.min(AGAIN_LAST, wait * 2);
  }
});

addEventListener("online", () => announce(owed));

/* Whoever asked may be replaced before the answer is there: what it tells of (HX-Trigger) is heard all the same. */
document.addEventListener("htmx:beforeRequest", ({ detail: { elt, xhr } }) => {
  xhr.addEventListener("readystatechange", () => {
    if (xhr.readyState !== XMLHttpRequest.DONE || elt.isConnected) return;
    const told = xhr.getResponseHeader("HX-Trigger") ?? "";
    if (!told.startsWith("{")) return;
    for (const [name, value] of Object.entries(JSON.parse(told))) {
      document.body.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: value }));
    }
  });
});
