// The last lines of every widget with a held state: the buttons that share it, and its root put in its place.
import { h, keepKeys } from "./dom.js";
import { copyButton, linkTo, pythonLine } from "./link.js";
import { tour } from "./tour.js";

/** *Copy link*, on the page only, where a link leads somewhere, and *Copy Python*. */
export function sharing({ view, className, model, held, onPage, say }) {
  return h(
    "div",
    { class: "td-line td-share" },
    onPage ? copyButton("Copy link", () => linkTo(view, model.get("key"), held.plain(), held.starts), say) : null,
    copyButton("Copy Python", () => pythonLine(className, held.plain(), held.starts), say),
  );
}

/**
 * Put `root` into `el`, take the state that the address holds, now and later, follow the links of the text, and draw.
 * `smooth` are the traits that a link changes in a motion, `titles` those of the presets ({name: {title}}), `rest` stops
 * what plays. Returns the way to stop.
 */
export function mounted({ el, root, held, draw, smooth = [], titles = {}, rest = () => {} }) {
  root.widgetState = held.plain;
  keepKeys(root);
  const guide = tour({ root, held, smooth, titles, rest });
  el.replaceChildren(root);
  const fromAddress = () => held.fromAddress() && root.scrollIntoView({ block: "start" });
  fromAddress();
  addEventListener("hashchange", fromAddress);
  draw();
  root.dataset.ready = "";
  return () => {
    removeEventListener("hashchange", fromAddress);
    root.querySelector(".td-predict")?.stopAsking();
    guide.stop();
    held.stop();
  };
}
