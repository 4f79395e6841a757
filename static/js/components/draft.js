/**
 * <ops-draft data-draft-key="reply:12">: what is typed inside survives a reload, a swap, a failed request and the session's end.
 * With [data-draft-swaps] also a swap of what is inside, by whatever brings it.
 * The text is forgotten only when htmx reports success, or when the server renders [data-draft-clear="key"].
 * [data-draft-note] inside it is shown when something was brought back. With a text goes what it was made from (the hidden
 * fields seen and was), so that what is brought back onto a newer page is still refused where it would overwrite that.
 * [data-draft-note] inside it is shown when something was brought back; its [data-draft-discard] puts that away, and
 * [data-draft-undo] in [data-draft-gone] takes it back. What scripts bring back beside texts is marked [data-brought-back].
 */
import { forget, read, write } from "../lib/kept.js";

const cleared = (root) => [...root.querySelectorAll?.("[data-draft-clear]") ?? []].map((mark) => mark.dataset.draftClear);

class OpsDraft extends HTMLElement {
  connectedCallback() {
    this.key = this.dataset.draftKey;
    this.gone = new AbortController();
    this.drawn = Object.fromEntries(this.origins().map((origin) => [origin.name, origin.value]));
    const { signal } = this.gone;
    this.addEventListener("input", (event) => this.keep(event.target), { signal });
    this.addEventListener("click", ({ target }) => this.press(target), { signal });
    this.addEventListener("htmx:afterRequest", ({ detail }) => this.settle(detail), { signal });
    document.addEventListener("ops:back", () => this.keepAll(), { signal });
    // what is swapped inside is empty again, unless it was sent
    if ("draftSwaps" in this.dataset) this.addEventListener("htmx:afterSettle", () => this.restore(), { signal });
    if (cleared(document).includes(this.key)) forget(this.key); // sent by a form that brought the whole page
    this.restore();
  }

  disconnectedCallback() {
    this.gone.abort();
  }

  fields() {
    return [...this.querySelectorAll("textarea[name], input[type=text][name]")];
  }

  origins() {
    return [...this.querySelectorAll("input[type=hidden]:is([name=seen], [name=was])")];
  }

  keep(field) {
    if (!this.fields().includes(field)) return;
    const origins = Object.fromEntries(this.origins().map((origin) => [origin.name, origin.value]));
    write(this.key, { ...origins, ...read(this.key), [field.name]: field.value });
  }

  /** Signing out has removed what was kept; the page still holds it. */
  keepAll() {
    this.fields().filter((field) => field.value !== field.defaultValue).forEach((field) => this.keep(field));
  }

  restore() {
    const texts = read(this.key);
    for (const field of this.fields()) {
      const text = texts[field.name];
      if (!text || text === field.value || field.value !== field.defaultValue) continue;
      for (const origin of this.origins()) if (texts[origin.name]) origin.value = texts[origin.name];
      this.fill(field, text);
      this.show("note");
    }
  }

  fill(field, text) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  show(which) {
    for (const name of ["note", "gone"]) {
      this.querySelectorAll(`[data-draft-${name}]`).forEach((part) => { part.hidden = name !== which; });
    }
  }

  press(target) {
    const button = target.closest("[data-draft-discard], [data-draft-undo]");
    if (!button) return;
    if (button.matches("[data-draft-discard]")) this.discard();
    else this.undo();
    this.querySelector("[data-draft-gone]:not([hidden]) button")?.focus();
  }

  discard() {
    const boxes = [...this.querySelectorAll("[data-brought-back]")];
    this.putAway = {
      kept: read(this.key),
      texts: [...this.fields(), ...this.origins()].map((field) => [field, field.value]),
      places: boxes.map((box) => [box, box.parentElement, box.nextElementSibling]),
    };
    boxes.forEach((box) => box.remove());
    for (const field of this.fields()) if (field.value !== field.defaultValue) this.fill(field, field.defaultValue);
    for (const origin of this.origins()) origin.value = this.drawn[origin.name];
    this.changed();
    forget(this.key);
    this.show("gone");
  }

  undo() {
    const { kept, texts, places } = this.putAway;
    for (const [box, parent, next] of places.reverse()) parent.insertBefore(box, next?.parentElement === parent ? next : null);
    for (const [field, text] of texts) if (field.value !== text) this.fill(field, text);
    this.changed();
    write(this.key, kept);
    this.show("note");
  }

  changed() {
    this.querySelector("form")?.dispatchEvent(new Event("change", { bubbles: true }));
  }

  settle({ elt, successful, requestConfig }) {
    if (elt instanceof HTMLFormElement && successful && requestConfig?.verb !== "get") forget(this.key);
  }
}

customElements.define("ops-draft", OpsDraft);

const clear = (root) => {
  const marks = [...root.querySelectorAll?.("[data-draft-clear]") ?? []];
  if (root.matches?.("[data-draft-clear]")) marks.push(root);
  marks.forEach((mark) => forget(mark.dataset.draftClear));
};
clear(document);
document.addEventListener("htmx:load", ({ detail }) => clear(detail.elt));
