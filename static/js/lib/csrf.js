/** Sends the CSRF token with every htmx request to ourselves. */
const FIELDS = "input[name=csrfmiddlewaretoken]";
const meta = document.querySelector('meta[name="csrf-token"]');

export const token = () => meta?.content || document.querySelector(FIELDS)?.value || "";

/** Signing in again makes the page's token an old one. */
export function renew(fresh) {
  if (meta) meta.content = fresh;
  for (const field of document.querySelectorAll(FIELDS)) field.value = fresh;
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = token();
});
