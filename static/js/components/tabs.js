/** <ops-tabs>: [role=tab] buttons whose aria-controls names a panel; arrows move, one panel shows. */
class OpsTabs extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", ({ target }) => this.show(target.closest("[role=tab]")));
    this.addEventListener("keydown", (event) => this.walk(event));
    this.show(this.querySelector("[role=tab][aria-selected=true]") ?? this.querySelector("[role=tab]"));
  }

  show(chosen) {
    if (!chosen) return;
    for (const tab of this.querySelectorAll("[role=tab]")) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls"));
      if (panel) panel.hidden = !on;
    }
  }

  walk(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tabs = [...this.querySelectorAll("[role=tab]")];
    const at = tabs.indexOf(document.activeElement);
    if (!by || at < 0) return;
    event.preventDefault();
    const next = tabs[(at + by + tabs.length) % tabs.length];
    next.focus();
    this.show(next);
  }
}

customElements.define("ops-tabs", OpsTabs);
