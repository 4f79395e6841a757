/**
 * What was typed and not sent yet, for this tab, by whom and in which organization: nobody else is shown it, whoever
 * signs in here next. The only place where texts are kept in the browser.
 */
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
const owner = meta("kept-for"); // <user>.<organization>.<member>
const PREFIX = "kept ";
const name = (key) => `${PREFIX}${owner} ${key}`;

export const read = (key) => { try { return (owner && JSON.parse(sessionStorage.getItem(name(key)))) || {}; } catch { return {}; } };

export function write(key, texts) {
  if (!owner) return;
  try { sessionStorage.setItem(name(key), JSON.stringify(texts)); } catch { /* full or forbidden: the page still holds it */ }
}

export function forget(key) {
  try { sessionStorage.removeItem(name(key)); } catch { /* as above */ }
}

/** Whatever the person kept here, in all of their organizations; without one, of everybody. */
export function forgetAll(user = "") {
  forgetWhere((key) => key.startsWith(`${PREFIX}${user && `${user}.`}`));
}

function forgetWhere(fits) {
  try { Object.keys(sessionStorage).filter(fits).forEach((key) => sessionStorage.removeItem(key)); } catch { /* as above */ }
}

/* Whoever comes to sign in is told that something is kept, where it really is; a sign-out has removed it. */
const note = document.querySelector("[data-kept-note]");
try { if (note) note.hidden = !Object.keys(sessionStorage).some((key) => key.startsWith(PREFIX)); } catch { /* as above */ }

/* Somebody else is at this browser now: what the person before them left here is theirs, and they have left. */
const here = meta("drawn-for");
if (here) forgetWhere((key) => key.startsWith("draft ") || (key.startsWith(PREFIX) && !key.startsWith(`${PREFIX}${here}.`)));
