/**
 * <ops-tray data-number data-url data-most>: the files of one text. Sends what is chosen, dropped or pasted at once, one
 * after the other, and shows what the server makes of each; they are moved and removed by button or by dragging.
 * The order of the boxes named media_<number> is the order of the files. Words stand in its attributes and templates.
 */
import { token } from "../lib/csrf.js";
import { read, write } from "../lib/kept.js";
import { HEADERS, whenHere } from "../lib/session.js";
import { toast } from "../lib/toast.js";

class OpsTray extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    const whole = this.closest(".editor, .part");
    this.items = this.querySelector("[data-items]");
    this.input = this.querySelector("input[type=file]");
    this.input.removeAttribute("name");
    this.input.addEventListener("change", (event) => { event.stopPropagation(); this.take(this.input.files); this.input.value = ""; }, { signal });
    this.addEventListener("click", (event) => this.press(event), { signal });
    whole.addEventListener("paste", (event) => this.paste(event), { signal });
    whole.addEventListener("drop", (event) => this.drop(event), { signal });
    whole.addEventListener("dragover", (event) => this.hover(event), { signal });
    whole.addEventListener("dragleave", () => delete whole.dataset.over, { signal });
    this.addEventListener("dragstart", ({ target }) => { this.dragged = target.closest("[data-item]"); }, { signal });
    this.addEventListener("dragend", () => { this.dragged = null; }, { signal });
    const form = this.closest("form");
    form.addEventListener("submit", (event) => this.hold(event), { signal });
    form.addEventListener("htmx:confirm", (event) => { if (event.detail.target?.id === "editor") this.hold(event); }, { signal });
    if (document.readyState === "complete") this.keep(); // the server has rearranged the parts: it knows best
    else this.restore();
  }

  disconnectedCallback() {
    this.gone.abort();
  }

  /* What comes in. */
  paste(event) {
    if (!event.clipboardData.types.includes("text/plain")) this.catch(event, event.clipboardData); // a table's picture comes with its words
  }

  catch(event, data) {
    if (!data?.files.length) return;
    event.preventDefault();
    this.take(data.files);
  }

  hover(event) {
    if (!this.dragged && !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    if (!this.dragged) event.currentTarget.dataset.over = "";
  }

  drop(event) {
    delete event.currentTarget.dataset.over;
    if (!this.dragged) { this.catch(event, event.dataTransfer); return; }
    event.preventDefault();
    const over = event.target.closest?.("[data-item]");
    if (over && over !== this.dragged) this.place(this.dragged, this.index(over) > this.index(this.dragged) ? over.nextSibling : over);
  }

  async take(files) {
    this.querySelector("[data-refused]").replaceChildren();
    const waiting = [...files].map((file) => [file, this.pending(file)]);
    for (const [file, box] of waiting) await this.send(file, box);
    if (!this.onItsWay) this.goOn();
  }

  /* Whatever would leave the page waits until everything is there; saving then goes on by itself, unless a file was refused. */
  get onItsWay() {
    return this.querySelector(".media__item--pending");
  }

  hold(event) {
    if (!this.onItsWay || event.defaultPrevented) return;
    event.preventDefault();
    this.say(this.dataset.waiting);
    this.pressed = event.type === "submit" ? event.submitter : null;
  }

  goOn() {
    const { pressed } = this;
    this.pressed = null;
    if (pressed && !this.querySelector("[data-refused] p")) pressed.form.requestSubmit(pressed);
  }

  say(words) {
    this.querySelector("[data-said]").textContent = words;
  }

  pending(file) {
    const box = this.copy("pending");
    box.querySelector("[data-name]").textContent = file.name;
    this.items.append(box);
    return box;
  }

  send(file, box) {
    if (file.size > Number(this.dataset.most)) return this.refuse(file, box, this.copy("too-large"));
    const body = new FormData();
    body.append("file", file);
    body.append("part", this.dataset.number);
    const request = new XMLHttpRequest(); // fetch tells nothing of its progress
    return new Promise((done) => {
      request.upload.onprogress = ({ loaded, total }) => { box.querySelector("progress").value = loaded / total; };
      request.onloadend = () => {
        if (request.getResponseHeader("X-Session")) { whenHere(() => this.send(file, box).then(done)); return; }
        this.settle(file, box, request);
        done();
      };
      request.open("POST", this.dataset.url);
      for (const [name, value] of Object.entries({ ...HEADERS, "X-CSRFToken": token() })) request.setRequestHeader(name, value);
      request.send(body);
    });
  }

  settle(file, box, { status, responseText }) {
    const answer = document.createElement("template");
    answer.innerHTML = responseText;
    const item = status === 201 && answer.content.querySelector("[data-item]");
    if (!item) { this.refuse(file, box, answer.content.querySelector("p.field__error") ?? this.copy("failed")); return; }
    box.replaceWith(item);
    this.changed();
  }

  refuse(file, box, why) {
    box.remove();
    why.querySelector("span").prepend(`${file.name}: `);
    this.querySelector("[data-refused]").append(why);
  }

  /* What is there. */
  press({ target }) {
    const item = target.closest("[data-item]");
    const move = target.closest("[data-move]");
    if (move) this.step(item, Number(move.dataset.move), move);
    else if (target.closest("[data-remove]")) this.leaveOut(item);
  }

  step(item, by, button) {
    const beside = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!beside?.matches("[data-item]")) return;
    this.place(item, by < 0 ? beside : beside.nextSibling);
    button.focus();
  }

  place(item, before) {
    this.items.insertBefore(item, before);
    const all = this.items.querySelectorAll("[data-item]").length;
    this.say(this.dataset.moved.replace("{n}", this.index(item) + 1).replace("{all}", all));
    this.changed();
  }

  leaveOut(item) {
    const { nextElementSibling: after } = item;
    const beside = after ?? item.previousElementSibling;
    item.remove();
    this.say("");
    (beside?.querySelector("[data-remove]") ?? this.input).focus();
    this.changed();
    toast(this.dataset.removed, "info", { back: () => this.bringBack(item, after) });
  }

  /** Into its place; the tray may have been drawn anew meanwhile, as it is whenever the parts are rearranged. */
  bringBack(item, after) {
    const tray = this.isConnected ? this : document.querySelector(`ops-tray[data-number="${this.dataset.number}"]`);
    if (!tray || tray.held.includes(item.querySelector("[name^=media_]").value)) return;
    tray.items.insertBefore(item, after?.parentElement === tray.items ? after : null);
    tray.changed();
    item.querySelector("[data-remove]").focus();
  }

  /** Takes what lay with another text. */
  adopt(items) {
    for (const item of items) item.querySelector("[name^=media_]").name = `media_${this.dataset.number}`;
    this.items.append(...items);
    this.changed();
  }

  index(item) {
    return [...this.items.children].indexOf(item);
  }

  copy(name) {
    return this.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);
  }

  changed() {
    this.keep();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /* A page that is left and opened again has its files, as <ops-draft> has its texts, in the same place. */
  get draft() {
    return this.closest("[data-draft-key]")?.dataset.draftKey;
  }

  get held() {
    return [...this.items.querySelectorAll(`[name=media_${this.dataset.number}]`)].map((box) => box.value);
  }

  keep() {
    write(this.draft, { ...read(this.draft), [`media_${this.dataset.number}`]: this.held.join(",") });
  }

  async restore() {
    const kept = read(this.draft);
    const lost = (kept[`media_${this.dataset.number}`] ?? "").split(",").filter((pk) => pk && !this.held.includes(pk));
    for (const pk of lost) {
      const answer = await fetch(`${this.dataset.url}${pk}/tray/?part=${this.dataset.number}`, { headers: HEADERS });
      const box = document.createElement("template");
      box.innerHTML = answer.ok ? await answer.text() : "";
      const field = box.content.querySelector("textarea");
      if (!field || this.held.includes(pk)) continue;
      field.value = kept[field.name] || field.value;
      box.content.firstElementChild.dataset.broughtBack = "";
      this.items.append(box.content);
    }
    if (lost.length) this.changed();
  }
}

customElements.define("ops-tray", OpsTray);
