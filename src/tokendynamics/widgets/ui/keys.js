// The keys that a widget has, said where one asks for them. What the parts do with them is in handles.js, stage-starts.js, tabs.js, story.js …
import { button, h } from "./dom.js";
import { withOthers } from "./handles.js";

const ARROWS = ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"];
const SIDEWAYS = ["ArrowLeft", "ArrowRight"];
const FREE = ":is(.td-force-lab, .td-encyclopedia) .td-token"; // on a plane, each by itself
const STARTS = ".td-stage .td-token";
const HANDS = ":is(.td-force-lab, .td-encyclopedia, .td-trajectories) .td-hands";
const STATES = ".td-real-trajectories .td-token";
/** Each with what takes it, `at`: a widget that has none of that does not name it. */
export const KEYS = [
  { at: "button", keys: ["Enter", "Space"], does: "press the button that has the focus: Play, Reset, Undo …" },
  { at: ".td-tab", keys: SIDEWAYS, does: "from panel to panel" },
  { at: "input[type=range]", keys: [...SIDEWAYS, "Home", "End"], does: "slide the slider that has the focus" },
  { at: FREE, keys: ARROWS, does: "move the token that has the focus, with Shift in larger steps" },
  { at: ".td-force-lab .td-token", keys: ["Enter", "Space"], does: "select that token" },
  { at: ".td-force-lab .td-token", keys: ["Delete"], does: "take that token away" },
  { at: ".td-encyclopedia .td-token", keys: ["Enter", "Space"], does: "ask for that token: the question goes there" },
  { at: STARTS, keys: ARROWS, does: "move the start of the selected one, with Shift in larger steps" },
  { at: STARTS, keys: ["PageUp", "PageDown"], does: "select the one before or after" },
  { at: HANDS, keys: ARROWS, does: "with Q, K or V open: move the tip of an arrow of that matrix" },
  { at: STATES, keys: SIDEWAYS, does: "from token to token" },
  { at: STATES, keys: ["Enter", "Space"], does: "keep the token’s name in the picture" },
  { at: ".td-word", keys: SIDEWAYS, does: "ask about the word before or after" },
  { at: ".td-story:not([hidden])", keys: SIDEWAYS, does: "a step of the story back or on" },
];

const SIGNS = { ArrowLeft: "←", ArrowUp: "↑", ArrowRight: "→", ArrowDown: "↓", PageUp: "Page Up", PageDown: "Page Down" };
const TYPED = "textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio])";

/** {control, element}: the button Keys, and the dialog. From now on F calls `full` and ? opens the dialog, while the widget has the focus. */
export function keysOf({ root, title, full }) {
  const list = h("dl", {});
  const element = h(
    "dialog",
    { class: "td-keys", "aria-label": `Keys of ${title}`, closedby: "any" },
    list,
    button("Close", () => element.close()),
  );

  function open() {
    const here = KEYS.filter(({ at }) => root.querySelector(at));
    const rows = [
      { keys: ["Tab"], does: "to the next control, with Shift to the one before" },
      ...here,
      { keys: ["F"], does: "full screen, and back" },
      { keys: ["Escape"], does: "leave full screen" },
      { keys: ["?"], does: "these keys" },
    ];
    list.replaceChildren(
      ...rows.map(({ keys, does }) =>
        h(
          "div",
          {},
          h(
            "dt",
            {},
            keys.map((key) => h("kbd", {}, SIGNS[key] ?? key)),
          ),
          h("dd", {}, does),
        ),
      ),
    );
    element.showModal();
  }

  root.addEventListener("keydown", (event) => {
    if (withOthers(event) || event.repeat || element.open || event.target.closest(TYPED)) return;
    const act = { f: full, F: full, "?": open }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation(); // a notebook has keys of its own
    act();
  });
  return { control: button("Keys", open, { class: "td-button td-asks-keys" }), element };
}
