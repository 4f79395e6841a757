/** <ops-counter for="id_text">: holds counts that the server made; dims them while they lag behind the typing. */
class OpsCounter extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    const field = document.getElementById(this.getAttribute("for"));
    field?.addEventListener("input", () => { this.dataset.stale = ""; }, { signal });
    this.addEventListener("htmx:afterSwap", () => { delete this.dataset.stale; }, { signal });
  }

  disconnectedCallback() {
    this.gone.abort();
  }
}

customElements.define("ops-counter", OpsCounter);
