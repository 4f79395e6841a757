/**
 * <ops-draft data-draft-key="reply:12">: what is typed inside survives a reload, a swap and a failed request.
 * The text is forgotten only when htmx reports success, or when the server renders [data-draft-clear="key"].
 * [data-draft-note] inside it is shown when something was brought back.
 */
const PREFIX = "draft ";

const read = (key) => { try { return JSON.parse(sessionStorage.getItem(PREFIX + key)) ?? {}; } catch { return {}; } };
const write = (key, texts) => { try { sessionStorage.setItem(PREFIX + key, JSON.stringify(texts)); } catch { /* full or forbidden: the page still holds it */ } };
const forget = (key) => { try { sessionStorage.removeItem(PREFIX + key); } catch { /* as above */ } };

class OpsDraft extends HTMLElement {
  connectedCallback() {
    this.key = this.dataset.draftKey;
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.addEventListener("input", (event) => this.keep(event.target), { signal });
    this.addEventListener("htmx:afterRequest", ({ detail }) => this.settle(detail), { signal });
    this.restore();
  }

  disconnectedCallback() {
    this.gone.abort();
  }

  fields() {
    return [...this.querySelectorAll("textarea[name], input[type=text][name]")];
  }

  keep(field) {
    if (!this.fields().includes(field)) return;
    const texts = read(this.key);
    texts[field.name] = field.value;
    write(this.key, texts);
  }

  restore() {
    const texts = read(this.key);
    for (const field of this.fields()) {
      const text = texts[field.name];
      if (!text || text === field.value || field.value !== field.defaultValue) continue;
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      this.querySelectorAll("[data-draft-note]").forEach((note) => { note.hidden = false; });
    }
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
