/**
 * One event stream per browser. The tab that holds the lock opens the EventSource and tells the others by
 * BroadcastChannel; when it goes, the next tab takes over. A message is {"topic", "id"} and becomes the events
 * ops:<topic> and ops:<topic>:<id> on body. After any gap comes ops:resync and every topic that the page listens to,
 * because what was said in between is lost and the database is the truth.
 */
const GATHER = 80;
const RETRY_FIRST = 2_000;
const RETRY_LAST = 60_000;
const SAY_LOST_AFTER = 5_000;

const waiting = new Set();
let timer = 0;

function announce(names) {
  names.forEach((name) => waiting.add(name));
  timer ||= setTimeout(() => {
    timer = 0;
    const now = [...waiting];
    waiting.clear();
    now.forEach((name) => document.body.dispatchEvent(new CustomEvent(name)));
  }, GATHER);
}

function listenedTo() {
  const names = new Set();
  for (const element of document.querySelectorAll("[hx-trigger*='ops:']")) {
    for (const [name] of element.getAttribute("hx-trigger").matchAll(/ops:[\w:-]+/g)) names.add(name);
  }
  return names;
}

class OpsStream extends HTMLElement {
  connectedCallback() {
    this.address = new URL(this.getAttribute("src"), location.href).href;
    this.gone = new AbortController();
    this.wait = RETRY_FIRST;
    this.channel = new BroadcastChannel(`ops ${this.address}`);
    this.channel.addEventListener("message", ({ data }) => this.hear(data));
    addEventListener("pageshow", ({ persisted }) => persisted && this.resync(), { signal: this.gone.signal });
    if (!navigator.locks) { this.open(); return; }
    const asked = performance.now();
    navigator.locks.request(`ops ${this.address}`, { signal: this.gone.signal }, () => {
      this.gap = performance.now() - asked > 1_000;
      this.open();
      return new Promise((release) => this.gone.signal.addEventListener("abort", release));
    }).catch((error) => { if (error.name !== "AbortError") throw error; });
  }

  disconnectedCallback() {
    this.gone.abort();
    this.source?.close();
    this.channel.close();
    clearTimeout(this.again);
  }

  open() {
    this.source = new EventSource(this.address);
    this.source.addEventListener("open", () => this.tell({ open: true, gap: this.gap }));
    this.source.addEventListener("message", ({ data }) => this.tell(JSON.parse(data)));
    this.source.addEventListener("error", () => this.broken());
  }

  /** The browser retries by itself unless the server answered with a status; then we do, more and more slowly. */
  broken() {
    this.gap = true;
    this.tell({ lost: true });
    if (this.source.readyState !== EventSource.CLOSED) return;
    this.again = setTimeout(() => this.open(), this.wait * (.75 + Math.random() / 2));
    this.wait = Math.min(RETRY_LAST, this.wait * 2);
  }

  tell(message) {
    this.channel.postMessage(message);
    this.hear(message);
  }

  hear(message) {
    if (message.lost) this.sayLost();
    else if (message.open) this.opened(message.gap);
    else if (message.topic === "resync") this.resync();
    else if (message.topic) announce([`ops:${message.topic}`, ...(message.id ? [`ops:${message.topic}:${message.id}`] : [])]);
  }

  opened(gap) {
    this.wait = RETRY_FIRST;
    this.gap = false;
    clearTimeout(this.saying);
    this.saying = 0;
    delete document.documentElement.dataset.stream;
    if (gap) this.resync();
  }

  sayLost() {
    this.saying ||= setTimeout(() => { document.documentElement.dataset.stream = "lost"; }, SAY_LOST_AFTER);
  }

  resync() {
    announce(["ops:resync", ...listenedTo()]);
  }
}

customElements.define("ops-stream", OpsStream);
