/** Keeps "in 5 min" true on a page that stays open all day. */
const STEPS = [["minute", 60], ["hour", 3600], ["day", 86400]];
const format = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { style: "narrow" });
const long = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { style: "short" });

function words(seconds) {
  const [unit, size] = STEPS.findLast(([, length]) => Math.abs(seconds) >= length) ?? STEPS[0];
  const writer = unit === "day" ? long : format;
  const text = writer.format(Math.round(seconds / size), unit);
  return text.replace(/(\d)(min|h)\b/, "$1 $2").replace(/\.(?=\s|$)/, "");
}

function tick() {
  for (const span of document.querySelectorAll("time.when .when__relative")) {
    const seconds = (Date.parse(span.parentElement.dateTime) - Date.now()) / 1000;
    if (Math.abs(seconds) >= 60) span.textContent = words(seconds);
  }
}

setInterval(tick, 60_000);
document.addEventListener("visibilitychange", () => document.hidden || tick());
