/**
 * <ops-chart data-src="id of a json script" data-lib="address of Chart.js">: draws {"type", "unit", "from_zero", "series":
 * [{"key", "label", "points": [[date, value | null]]}]}. A point that is not known is a gap. Colours come from the
 * tokens; the table beside it says the same.
 */
const loads = new Map();

function load(address) {
  if (window.Chart) return Promise.resolve();
  if (!loads.has(address)) {
    loads.set(address, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    }));
  }
  return loads.get(address);
}

/** Resolves a token to a plain colour: custom properties hold light-dark(), which a canvas cannot read. */
function colour(probe, token) {
  probe.style.color = `var(${token})`;
  return getComputedStyle(probe).color;
}

const shortDate = new Intl.DateTimeFormat(document.documentElement.lang || "en", { day: "numeric", month: "short", timeZone: "UTC" });
const whole = new Intl.NumberFormat(document.documentElement.lang || "en");
const number = new Intl.NumberFormat(document.documentElement.lang || "en", { notation: "compact" });
/** A day by its name, an hour of a day ("2026-11-23 09:00", wherever that is) by its clock. */
const dateLabel = (text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? shortDate.format(new Date(text)) : text.replace(/^\d{4}-\d{2}-\d{2} /, ""));

class OpsChart extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    const { signal } = this.gone;
    this.addEventListener("click", ({ target }) => this.show(target.closest("[data-show]")?.dataset.show), { signal });
    document.addEventListener("ops:theme", () => this.draw(), { signal });
    this.data = JSON.parse(document.getElementById(this.dataset.src)?.textContent ?? "{}");
    load(this.dataset.lib).then(() => this.isConnected && this.draw(), () => this.show("table"));
  }

  disconnectedCallback() {
    this.gone.abort();
    this.chart?.destroy();
  }

  show(view) {
    if (!view) return;
    this.querySelector(".chart__plot").hidden = view !== "plot";
    this.querySelector(".chart__table").hidden = view !== "table";
    this.querySelectorAll("[data-show]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.show === view)));
  }

  draw() {
    if (!window.Chart) return; // the theme changed before the library came: it is drawn then
    this.chart?.destroy();
    this.chart = new window.Chart(this.querySelector("canvas"), this.settings());
  }

  datasets(dates, palette, faint) {
    return (this.data.series ?? []).map((series, index) => {
      const known = new Map(series.points);
      const ink = series.dashed ? faint : palette[index % palette.length];
      return {
        label: series.label ?? series.key,
        data: dates.map((date) => known.get(date) ?? null),
        borderColor: ink,
        backgroundColor: ink,
        borderDash: series.dashed ? [4, 4] : [],
        borderWidth: this.data.type === "bar" ? 0 : 2,
        borderRadius: 3,
        maxBarThickness: 28,
        categoryPercentage: 0.8,
        barPercentage: 0.9,
        pointRadius: dates.length > 40 ? 0 : 2,
        pointHoverRadius: 4,
        tension: 0,
        spanGaps: false,
      };
    });
  }

  settings() {
    const probe = this.appendChild(document.createElement("span"));
    const [line, text, faint] = ["--line", "--text-2", "--chart-before"].map((token) => colour(probe, token));
    const palette = [1, 2, 3, 4, 5, 6].map((n) => colour(probe, `--chart-${n}`));
    probe.remove();
    const dates = [...new Set((this.data.series ?? []).flatMap(({ points }) => points.map(([date]) => date)))].sort();
    const font = { family: getComputedStyle(this).fontFamily, size: 12 };
    const unit = this.data.unit ? ` ${this.data.unit}` : "";
    return {
      type: this.data.type ?? "line",
      data: { labels: dates.map(dateLabel), datasets: this.datasets(dates, palette, faint) },
      options: {
        animation: false,
        maintainAspectRatio: false,
        interaction: { mode: "index", intersect: false },
        scales: {
          x: { grid: { display: false }, border: { color: line }, ticks: { color: text, font, maxRotation: 0, autoSkipPadding: 24 } },
          y: { beginAtZero: this.data.type === "bar" || this.data.from_zero === true, grace: this.data.type === "bar" ? 0 : "10%", grid: { color: line }, border: { display: false }, ticks: { color: text, font, maxTicksLimit: 5, precision: 0, callback: (value) => number.format(value) } },
        },
        plugins: {
          legend: { display: (this.data.series ?? []).length > 1, align: "start", labels: { color: text, font, boxWidth: 10, boxHeight: 10 } },
          tooltip: { callbacks: { label: ({ dataset, parsed }) => `${dataset.label}: ${parsed.y == null ? "—" : whole.format(parsed.y)}${unit}` } },
        },
      },
    };
  }
}

customElements.define("ops-chart", OpsChart);
