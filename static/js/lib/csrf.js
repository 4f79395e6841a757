/** Sends the CSRF token with every htmx request to ourselves. */
export const token = () => document.querySelector('meta[name="csrf-token"]')?.content
  || document.querySelector("input[name=csrfmiddlewaretoken]")?.value
  || "";

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = token();
});
