// What a matrix does, felt while it is slid: the plane's grid under V, the keys' dots under K, the query's ring under Q. It goes again
// a moment after the hand has let go.
import { times } from "../maths/measures.js";

// the grid that V turns: for each dimension, how far it reaches and where its lines stand
const GRIDS = { 2: [3, [-3, -2, -1, 0, 1, 2, 3]], 3: [1, [-1, 0, 1]] };
const STAYS = 500; // milliseconds after the last change

/**
 * For a plane or a stage with a layer "felt": `show(name, state)` as `state[name]` changes; `hold(held)` as a hand takes it and lets it go. `own(line)`
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
  const pixel = (at) => board.pixel(at).slice(0, 2);
  const line = (from, to) => `M${pixel(from)}L${pixel(to)}`;
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
      path: grid(V.length)
        .map(([from, to]) => line(times(V, from), times(V, to)))
        .join(""),
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
        .attr("cx", (d) => pixel(d.at)[0])
        .attr("cy", (d) => pixel(d.at)[1]);
      rest();
    },
    hold(now) {
      held = now;
      rest();
    },
    stop: () => clearTimeout(timer),
  };
}

/** The lines of a grid in d dimensions, [from, to] each. */
function grid(d) {
  const [reach, stops] = GRIDS[d];
  const across = d === 2 ? stops.map((at) => [at]) : stops.flatMap((a) => stops.map((b) => [a, b]));
  return Array.from({ length: d }, (_, axis) =>
    across.map((at) => [-reach, reach].map((end) => [...at.slice(0, axis), end, ...at.slice(axis)])),
  ).flat();
}
