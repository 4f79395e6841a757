/** <ops-menu>: a button with popovertarget and its popover, placed beside it and walked with the arrow keys. */
const EDGE = 8;

class OpsMenu extends HTMLElement {
  connectedCallback() {
    this.panel = this.querySelector(":scope > [popover]");
    this.button = this.querySelector(":scope > [popovertarget]");
    if (!this.panel || !this.button) return;
    this.button.setAttribute("aria-haspopup", "true");
    this.button.setAttribute("aria-expanded", "false");
    this.panel.addEventListener("toggle", (event) => this.toggled(event.newState === "open"));
    this.panel.addEventListener("htmx:afterSettle", () => this.place());
    this.panel.addEventListener("keydown", (event) => this.walk(event));
  }

  toggled(open) {
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.place();
    this.items()[0]?.focus({ preventScroll: true });
  }

  place() {
    const anchor = this.button.getBoundingClientRect();
    this.panel.dataset.placed = "";
    const { offsetWidth: width, offsetHeight: height } = this.panel;
    const below = anchor.bottom + 4 + height < innerHeight - EDGE || anchor.top < height;
    const top = below ? anchor.bottom + 4 : anchor.top - height - 4;
    const left = anchor.left + width > innerWidth - EDGE ? anchor.right - width : anchor.left;
    this.panel.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`;
    this.panel.style.left = `${Math.max(EDGE, left)}px`;
  }

  items() {
    return [...this.panel.querySelectorAll(".menu__item")].filter((item) => item.checkVisibility?.() ?? true);
  }

  walk(event) {
    const items = this.items();
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to === undefined || !items.length) return;
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  }
}

customElements.define("ops-menu", OpsMenu);
