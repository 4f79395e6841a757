/** The inbox: which row is open follows the thread shown; a thread opens at its end and stays where it is read. */
const NEAR_END = 120;

const pane = () => document.getElementById("inbox-thread");
const box = () => document.getElementById("reply-text");

/** On a desk the pane scrolls, on a phone the page does. */
function scroller() {
  const own = pane();
  return own && getComputedStyle(own).overflowY !== "visible" ? own : document.scrollingElement;
}

function toEnd() {
  if (pane()) scroller().scrollTop = scroller().scrollHeight;
}

function atEnd() {
  const { scrollHeight, scrollTop, clientHeight } = scroller();
  return scrollHeight - scrollTop - clientHeight < NEAR_END;
}

function mark() {
  const open = pane()?.dataset.conversation;
  document.querySelector("[data-inbox]")?.classList.toggle("inbox--open", Boolean(open));
  for (const row of document.querySelectorAll("#inbox-rows [data-row]")) {
    if (row.id === `talk-${open}`) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

const answers = () => document.querySelectorAll("#thread .bubble--ours").length;

let before = { follows: false, answers: 0 };

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target?.id === "thread") before = { follows: atEnd(), answers: answers() };
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const id = detail.target?.id;
  if (id === "inbox-pane" || id === "inbox-rows") mark();
  if (id === "inbox-pane" || (id === "thread" && before.follows)) toEnd();
  if (id === "thread" && answers() > before.answers && box()?.value) {
    document.querySelector("[data-answered]").hidden = false;
  }
});

/** A draft that was brought back is counted as soon as somebody listens: once, when the box arrives, and not with
 *  everything that is loaded beside it, the count itself least of all. */
document.addEventListener("htmx:load", ({ detail }) => {
  if (!detail.elt.contains(box())) return;
  if (box().value && box().value !== box().defaultValue) box().dispatchEvent(new Event("recount"));
});

mark();
toEnd();
