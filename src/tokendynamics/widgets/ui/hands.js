// A matrix taken by hand: its columns are where it sends the axes, so they stand in the plane as arrows whose tips can be dragged.
import { transpose } from "../maths/measures.js";
import { arrowOutline } from "./arrows.js";
import { draggable, movedByKeys } from "./handles.js";
import { place } from "./numbers.js";

const ROOM = 44; // pixels that a name beside a tip takes
const sign = (name, { index }) => `${name} ${"①②③"[index]}`;
const NAMES = ["first", "second", "third"];

/** For a plane or a stage with a layer "hands": `draw(name, matrix)` shows the columns of `matrix`, none where the name is null; `change(name, matrix)` asks for another, `done()` hears that a hand let go. */
export function hands(board, change, done = () => {}) {
  let shown = null,
    matrix = null;
  const tidy = (at) => at.map((v) => Math.round(v * 100) / 100);
  function onMove(index, at) {
    if (!at) return done();
    const moved = matrix.map((row, i) => row.map((x, j) => (j === index ? at[i] : x)));
    change(shown, moved);
  }
  const dragging = draggable(board, { at: (d) => board.pixel(d.at), to: (event, d) => tidy(board.place(event.x, event.y, d.at)), onMove });
  const key = movedByKeys({
    step(d, towards, fast) {
      const [x, y] = board.pixel(d.at),
        far = board.x(fast ? 0.5 : 0.1) - board.x(0);
      return tidy(board.place(x + far * towards[0], y - far * towards[1], d.at));
    },
    onMove,
    others: {},
  });

  return {
    draw(name, next) {
      [shown, matrix] = [name, next];
      const columns = name ? transpose(next).map((at, index) => ({ index, at })) : [];
      board.layer.hands
        .attr("data-matrix", name)
        .selectAll("g")
        .data(columns)
        .join((enter) => {
          const g = enter.append("g").attr("class", "td-hand-of").attr("tabindex", 0).attr("role", "button");
          g.append("path");
          g.append("circle").attr("class", "td-target").attr("r", 22);
          g.append("circle").attr("class", "td-tip").attr("r", 8);
          g.append("text");
          return g.call(dragging).on("keydown", key);
        })
        .attr("aria-label", (d) => `${sign(name, d)}, ${NAMES[d.index]} column: axis ${d.index + 1} goes to ${place(d.at)}`)
        .each((d, i, nodes) => {
          const [x, y] = board.pixel(d.at),
            [x0, y0] = [board.x(0), board.y(0)];
          const before = x < x0 || x > board.size - ROOM;
          const [path, target, tip, text] = nodes[i].children;
          path.setAttribute("d", arrowOutline(x0, y0, x - x0, y - y0, { shaft: 3, head: 14 }));
          for (const circle of [target, tip]) circle.setAttribute("transform", `translate(${x},${y})`);
          text.setAttribute("x", String(x + (before ? -18 : 18)));
          text.setAttribute("y", String(y + (y < y0 ? -8 : 16)));
          text.setAttribute("text-anchor", before ? "end" : "start");
          text.textContent = sign(name, d);
        });
    },
  };
}
