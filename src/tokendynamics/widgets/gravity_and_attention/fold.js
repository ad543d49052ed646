import { h } from "../ui/dom.js";

/** Controls that are seldom moved: folded away where the screen is a phone's, open elsewhere. */
export const fold = (title, ...controls) =>
  h("details", { class: "td-fold", open: matchMedia("(min-width: 40rem)").matches }, h("summary", {}, title), controls);
