// The two spaces: index on the left, content on the right. A token, or the question, is dragged in either, and the
// other follows; on the right stand also the squares, where M puts each.
import { transpose } from "../maths/measures.js";
import { h } from "../ui/dom.js";
import { felt } from "../ui/felt.js";
import { hands } from "../ui/hands.js";
import { plane } from "../ui/plane.js";
import { drawContent, drawIndex, size } from "./picture.js";

const FAR = 4; // an answer this many times further out than any content is left off the picture
const SMALL = 240; // a plane narrower than this, px, has smaller marks and names

/** `onMove(space, i, at)`, `onPlace(space, at)`, `onAsk(i)` and `onV(matrix)` say what the reader wants; a space is "index" or "content". */
export function spaces(hear) {
  const index = board("index", "Index space.", hear);
  const content = board("content", "Content space.", hear);
  const element = h(
    "div",
    { class: "td-spaces" },
    figure("Index space", "QᵀK t", index, "index", h("span", { class: "td-bridge", "aria-hidden": "true" }, "M →")),
    figure("Content space", "V t", content, "content"),
  );
  for (const name of ["images", "answers"]) content.layer[name] = content.layer.arrows.append("g");
  for (const { layer } of [index, content]) layer.names = layer.arrows.append("g").attr("class", "td-names");
  const turned = felt(index, (line) => turns(line, index)),
    grid = felt(content);
  const byHand = hands(content, (_, matrix) => hear.onV(matrix));

  return {
    element,
    /** `taken` is whether V is to be taken by hand. */
    draw(state, found, taken) {
      if (!index.size || !content.size) return;
      const scale = index.size < SMALL ? 0.9 : 1;
      element.classList.toggle("td-small", scale < 1);
      index.fit([...found.index, [1.3, 0]]);
      const widest = FAR * Math.max(1, ...found.contents.map(size));
      content.fit([...found.contents, ...(taken ? transpose(state.V) : []), ...found.answers.filter((at) => size(at) <= widest)]);
      drawIndex(index, state, found, scale);
      drawContent(content, state, found, { scale, taken });
      byHand.draw(taken ? "V" : null, taken ? state.V : null);
    },
    reset() {
      for (const board of [index, content]) board.reset();
    },
    /** What Q, K or V does, shown for a moment, or for as long as a hand holds its slider. */
    feel: (name, state, found) => (name === "V" ? grid.show(name, state) : turned.show(name, found)),
    hold(held) {
      for (const each of [turned, grid]) each.hold(held);
    },
    stop() {
      for (const each of [index, content, turned, grid]) each.stop();
    },
  };
}

const board = (space, label, { onMove, onAsk, onPlace, onResize }) =>
  plane({
    label: `${label} The question and each entry are buttons: arrow keys move one, Enter on an entry asks about it.`,
    onMove: (i, at) => onMove(space, i, at),
    onSelect: onAsk,
    onAdd: (at) => onPlace(space, at),
    onResize,
  });

const figure = (title, formula, { element }, space, more = null) =>
  h(
    "figure",
    { class: `td-space td-space-${space}` },
    h("figcaption", {}, h("span", {}, h("strong", {}, title), " ", formula), more),
    element,
  );

/** Under Q the index directions, under K what each token has along them; the plane of the contents under V is that of ui/felt.js. */
function turns(line, view) {
  const along = (u) => line(scaled(u, -2 * view.extent), scaled(u, 2 * view.extent));
  const axes = ({ directions }) => directions.map(along).join("");
  const parts = ({ directions, index }) =>
    index.flatMap((at) => directions.map((u) => line(at, scaled(u, at[0] * u[0] + at[1] * u[1])))).join("");
  return {
    Q: (found) => ({ path: axes(found), dots: [] }),
    K: (found) => ({ path: axes(found) + parts(found), dots: [] }),
  };
}

const scaled = (vector, by) => vector.map((x) => by * x);
