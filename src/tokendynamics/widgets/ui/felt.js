// What a matrix does, felt while it is slid: the plane's grid under V, the keys' dots under K, the query's ring under Q. It goes again
// a moment after the hand has let go.
import { times } from "../maths/measures.js";

const LINES = [-3, -2, -1, 0, 1, 2, 3];
const STAYS = 500; // milliseconds after the last change

/**
 * For a `board` with a layer "felt": `show(name, state)` as `state[name]` changes; `hold(held)` as a hand takes it and lets it go. `own(line)`
 * gives marks that are drawn instead, each {path, dots} of a state.
 */
export function felt(board, own = (_line) => ({})) {
  const layer = board.layer.felt;
  let timer = 0,
    held = false;
  const rest = () => {
    clearTimeout(timer);
    if (!held) timer = setTimeout(() => layer.classed("td-on", false), STAYS);
  };
  const line = ([a, b], [c, d]) => `M${board.x(a)},${board.y(b)}L${board.x(c)},${board.y(d)}`;
  const dots = (name, places, from) => ({
    path: places.map((place, i) => line(from[i], place)).join(""),
    dots: places.map((place) => ({ name, at: place })),
  });
  const marks = {
    Q: ({ Q, tokens, selected }) => dots("Q", [times(Q, tokens[selected])], [tokens[selected]]),
    K: ({ K, tokens }) =>
      dots(
        "K",
        tokens.map((token) => times(K, token)),
        tokens,
      ),
    V: ({ V }) => ({
      path: LINES.flatMap((at) => [line(times(V, [at, -3]), times(V, [at, 3])), line(times(V, [-3, at]), times(V, [3, at]))]).join(""),
      dots: [],
    }),
    ...own(line),
  };

  return {
    show(name, state) {
      const { path, dots: places } = marks[name](state);
      layer.attr("data-matrix", name).classed("td-on", true);
      layer
        .selectAll("path")
        .data([path])
        .join("path")
        .attr("d", (d) => d);
      layer
        .selectAll("circle")
        .data(places)
        .join("circle")
        .attr("r", name === "Q" ? 11 : 5)
        .attr("cx", (d) => board.x(d.at[0]))
        .attr("cy", (d) => board.y(d.at[1]));
      rest();
    },
    hold(now) {
      held = now;
      rest();
    },
    stop: () => clearTimeout(timer),
  };
}
