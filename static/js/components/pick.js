/** <ops-pick>: typing in [data-pick-search] leaves only the labels that fit; what is ticked stays in sight and on top. */
import { fits } from "../lib/plain.js";

class OpsPick extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("[data-pick-search]");
    this.rows = [...this.querySelectorAll(".choices label")].map((label) => label.closest(".choices > div > *") ?? label);
    this.raise();
    this.box.addEventListener("input", () => this.narrow());
    this.box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  }

  raise() {
    const ticked = this.rows.filter((row) => row.querySelector(":checked"));
    ticked.reverse().forEach((row) => row.parentElement.prepend(row));
  }

  narrow() {
    for (const row of this.rows) {
      row.hidden = !row.querySelector(":checked") && !fits(row.textContent, this.box.value);
    }
    this.querySelector("[data-pick-none]").hidden = this.rows.some((row) => !row.hidden);
  }
}

customElements.define("ops-pick", OpsPick);
