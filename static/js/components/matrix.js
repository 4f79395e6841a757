/** <ops-matrix>: ticks whole rows, columns and (with Shift) blocks, moves by arrows, and shows a cell's why in a dialog. */
const at = (cell) => ({ x: cell.cellIndex, y: cell.parentElement.rowIndex });
const between = (n, a, b) => n >= Math.min(a, b) && n <= Math.max(a, b);

class OpsMatrix extends HTMLElement {
  connectedCallback() {
    this.table = this.querySelector("table");
    // whole rows and columns are only shorthand here: each cell is sent by itself, so that one of them can be left out
    for (const head of this.table.querySelectorAll("th input")) head.removeAttribute("name");
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("change", ({ target }) => this.changed(target));
    this.addEventListener("keydown", (event) => this.walk(event));
    this.count();
  }

  boxes(fits = () => true) {
    return [...this.table.querySelectorAll("td > input")].filter((box) => fits(at(box.parentElement)));
  }

  clicked(event) {
    const link = event.target.closest("td > a[href]");
    if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey) this.explain(event, link);
    const cell = event.target.closest("td > input")?.parentElement;
    if (!cell) return;
    if (event.shiftKey && this.last) {
      const [a, b] = [at(this.last), at(cell)];
      for (const box of this.boxes(({ x, y }) => between(x, a.x, b.x) && between(y, a.y, b.y))) box.checked = event.target.checked;
    }
    this.last = cell;
  }

  changed(target) {
    const head = target.closest("th");
    if (head) {
      const { x, y } = at(head);
      for (const box of this.boxes((place) => (y === 0 ? place.x === x : place.y === y))) box.checked = target.checked;
    }
    this.count();
  }

  count() {
    const output = this.querySelector("[data-count]");
    const ticked = this.boxes().filter((box) => box.checked).length;
    if (output) output.value = ticked ? ticked.toLocaleString(document.documentElement.lang) : "";
  }

  explain(event, link) {
    event.preventDefault();
    const verb = new URLSearchParams(location.search).get("verb");
    const dialog = document.getElementById("why");
    dialog.showModal();
    window.htmx.ajax("GET", link.href + (verb ? `?verb=${encodeURIComponent(verb)}` : ""), { target: dialog.querySelector(".dialog__body"), swap: "innerHTML" });
  }

  walk(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const cell = event.target.closest?.("td");
    if (!by || !cell) return;
    const { x, y } = at(cell);
    const next = this.table.rows[y + by[1]]?.cells[x + by[0]]?.querySelector(event.target.localName);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

customElements.define("ops-matrix", OpsMatrix);
