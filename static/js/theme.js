/* Runs before the first paint, so that a chosen theme and sidebar do not flash. */
(() => {
  const root = document.documentElement;
  const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const theme = kept("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (kept("sidebar") === "icons") root.dataset.sidebar = "icons";
})();
