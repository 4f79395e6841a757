/** Text as it is compared where a page searches by itself: without accents, case and width, as the server does. */
export const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Whether every word of `asked` stands in `text`. */
export function fits(text, asked) {
  const found = plain(text);
  return plain(asked).split(/\s+/).filter(Boolean).every((word) => found.includes(word));
}
