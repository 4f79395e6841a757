/** The inbox: which row is open follows the address; the thread opens at its end and stays where it is read. */
const NEAR_END = 120;

const inbox = () => document.querySelector("[data-inbox]");
const scroller = () => document.getElementById("inbox-thread");

function mark() {
  const open = document.querySelector("[data-conversation]")?.dataset.conversation;
  inbox()?.classList.toggle("inbox--open", Boolean(open));
  for (const row of document.querySelectorAll("#inbox-rows [data-row]")) {
    if (row.id === `talk-${open}`) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/** On a phone the page scrolls, on a desk the pane does. */
function toEnd() {
  const pane = scroller();
  if (!pane) return;
  pane.scrollTop = pane.scrollHeight;
  if (pane.scrollHeight <= pane.clientHeight) document.getElementById("reply")?.scrollIntoView({ block: "end" });
}

const atEnd = (pane) => pane.scrollHeight - pane.scrollTop - pane.clientHeight < NEAR_END;

let follows = false;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id === "thread") follows = atEnd(scroller());
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const id = detail.target?.id;
  if (id === "inbox-pane" || id === "inbox-rows") mark();
  if (id === "inbox-pane" || (id === "thread" && follows)) toEnd();
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-submits]")) target.form.requestSubmit();
});

mark();
toEnd();
