/**
 * <ops-stream src for since>: one event stream per browser and person. The tab that holds the lock opens the EventSource and
 * tells the others by BroadcastChannel; when it goes or falls silent, another takes over. `since` is the moment as of which
 * the page was drawn; from then on each tab knows until when it has heard everything, and asks the server for what it missed:
 * at its start, after sleep, when it is seen again, and where the tab that tells knew more. The server says `resync` where
 * that cannot be told; then everything that is live is asked for again.
 */
import { announce, namesOf, refresh } from "./live.js";
import { check, HEADERS, isHere } from "./session.js";

const RETRY_FIRST = 2_000;
const RETRY_LAST = 60_000;
const SAY_LOST_AFTER = 5_000;
const LOOK_EVERY = 5_000;
const SILENT = 40_000; // the server says something at least every fifteen seconds
const SLEPT = 90_000; // a tab in the background still looks once a minute

class OpsStream extends HTMLElement {
  connectedCallback() {
    this.known = Number(this.getAttribute("since")) || 0;
    this.address = new URL(this.getAttribute("src"), location.href).href;
    this.name = `ops ${this.getAttribute("for")} ${this.address}`;
    this.gone = new AbortController();
    this.wait = RETRY_FIRST;
    this.lastHeard = this.lastLook = Date.now();
    this.channel = new BroadcastChannel(this.name);
    this.channel.addEventListener("message", ({ data }) => this.hear(data));
    this.watch();
    this.queue({ ifAvailable: true });
  }

  disconnectedCallback() {
    this.gone.abort();
    this.close();
    this.channel.close();
    clearInterval(this.looking);
  }

  watch() {
    const { signal } = this.gone;
    this.looking = setInterval(() => this.look(), LOOK_EVERY);
    document.addEventListener("visibilitychange", () => document.hidden || this.wake(), { signal });
    document.addEventListener("resume", () => this.wake(), { signal });
    document.addEventListener("ops:back", () => this.back(), { signal });
    addEventListener("online", () => this.wake(), { signal });
    addEventListener("pageshow", ({ persisted }) => persisted && this.wake(), { signal });
  }

  /* Who opens the stream. */
  queue(how) {
    if (!navigator.locks) { this.open(); return; }
    const had = (lock) => {
      if (this.gone.signal.aborted) return null;
      if (lock) return this.lead();
      this.catchUp();
      this.queue({ signal: this.gone.signal });
      return null;
    };
    navigator.locks.request(this.name, how, had).catch((error) => {
      if (error.name !== "AbortError") throw error;
      if (!this.gone.signal.aborted) this.follow(); // another tab took it
    });
  }

  lead() {
    this.open();
    return new Promise((release) => this.gone.signal.addEventListener("abort", release));
  }

  follow() {
    this.close();
    this.queue({ signal: this.gone.signal });
  }

  open() {
    this.close();
    this.leads = true;
    this.lastHeard = Date.now();
    const from = this.known;
    const source = new EventSource(this.asking());
    this.source = source;
    source.addEventListener("open", () => this.tell({ open: true, after: from }));
    source.addEventListener("message", ({ data, lastEventId }) => this.tell({ ...JSON.parse(data), after: this.known, at: Number(lastEventId) }));
    source.addEventListener("beat", () => this.tell({ after: this.known }));
    source.addEventListener("error", () => this.broken(source));
  }

  close() {
    this.source?.close();
    this.leads = false;
    clearTimeout(this.again);
  }

  asking() {
    const query = new URLSearchParams({ for: this.getAttribute("for"), since: this.known || "" });
    return `${this.address}?${query}`;
  }

  /** The browser retries by itself unless the server answered with a status; then we do, more and more slowly. */
  async broken(source) {
    this.tell({ lost: true });
    if (source !== this.source || source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.again);
    this.again = setTimeout(() => isHere() && this.open(), this.wait * (.75 + Math.random() / 2));
    this.wait = Math.min(RETRY_LAST, this.wait * 2);
    await check(); // where the session has ended, nothing is tried before there is one again
  }

  tell(message) {
    this.channel.postMessage(message);
    this.hear(message);
  }

  hear(message) {
    if (message.lost) { this.sayLost(); return; }
    this.lastHeard = Date.now();
    if (message.open) this.opened();
    if (message.after > this.known) this.catchUp();
    else if (message.topic) {
      this.take(message);
      this.known = Math.max(this.known, message.at);
    }
  }

  take(hint) {
    if (hint.topic === "resync") refresh();
    else announce(namesOf(hint));
  }

  /* What was missed. */
  async catchUp() {
    if (this.catching) { this.once = true; return; }
    this.catching = true;
    this.once = false;
    try {
      const answer = await fetch(this.asking(), { headers: { ...HEADERS, Accept: "application/json" }, cache: "no-store" });
      if (answer.ok) this.missed(await answer.json());
      else if (answer.status === 401) check();
    } catch { /* the server is away: the stream says so, and its next word shows what is missing */ }
    this.catching = false;
    if (this.once) this.catchUp();
  }

  missed({ until, hints }) {
    hints.forEach((hint) => this.take(hint));
    this.known = Math.max(this.known, Number(until));
  }

  /** A tab that slept, or whose teller does, notices by itself. */
  look() {
    const now = Date.now();
    const slept = now - this.lastLook > SLEPT;
    this.lastLook = now;
    if (slept) this.wake();
    else if (now - this.lastHeard > SILENT && isHere()) this.takeOver();
  }

  wake() {
    this.lastLook = Date.now();
    this.catchUp();
    if (Date.now() - this.lastHeard > SILENT && isHere()) this.takeOver();
  }

  takeOver() {
    this.lastHeard = Date.now();
    if (this.leads) this.open();
    else if (!document.hidden) this.queue({ steal: true });
  }

  back() {
    this.wait = RETRY_FIRST;
    if (this.leads) this.open();
    refresh();
  }

  opened() {
    this.wait = RETRY_FIRST;
    clearTimeout(this.saying);
    this.saying = 0;
    delete document.documentElement.dataset.stream;
  }

  sayLost() {
    this.saying ||= setTimeout(() => { document.documentElement.dataset.stream = "lost"; }, SAY_LOST_AFTER);
  }
}

customElements.define("ops-stream", OpsStream);
