// On a stage each body's start is a button that moves by pointer, touch and arrow keys. One tab stop for all of them: Page Up and Page Down go
// from one to the next.
import { select } from "d3-selection";
import { draggable, movedByKeys } from "./handles.js";
import { changed } from "./marks.js";
import { placeOn, round, seen } from "./stage-places.js";

const CROWD = 12; // with more bodies than this, targets are smaller

/** For a stage: a function that draws the starts of its scene. */
export function startsOn(view, { onMove, onSelect }) {
  const byHand = movable(view, { onMove, onSelect });
  return () => {
    const { starts, selected, about } = view.scene;
    const target = starts.length > CROWD ? 13 : 22;
    const data = starts.map((at, index) => ({ at, index, seen: seen(view, at), on: index === selected, about: about(index), target }));
    const drawn = view.layer.tokens.selectAll("g.td-token").data(data);
    drawn
      .join((enter) => newStarts(enter).call(byHand))
      .filter(changed((d) => `${d.seen} ${d.on} ${d.target} ${d.about}`))
      .call(putStarts);
  };
}

/** For `selection.call`. */
function movable(view, { onMove, onSelect }) {
  const { x, y } = view;
  const dragging = draggable(view, { at: (d) => d.seen, to: (event, d) => placeOn(view, event.x, event.y, d.at), onMove });
  const choose = (d) => onSelect(d.index);
  function goOn(d, by) {
    const count = view.scene.starts.length;
    onSelect((d.index + by + count) % count);
    requestAnimationFrame(() => requestAnimationFrame(() => view.element.querySelector(".td-token[tabindex='0']")?.focus()));
  }
  const key = movedByKeys({
    step(d, towards, fast) {
      const far = (view.extent / 30) * (fast ? 5 : 1);
      const [px, py, depth] = seen(view, d.at);
      return placeOn(view, px + (x(far) - x(0)) * towards[0], py + (y(far) - y(0)) * towards[1], d.at, depth < 0 ? -1 : 1);
    },
    onMove,
    others: { PageDown: (d) => goOn(d, 1), PageUp: (d) => goOn(d, -1), Enter: choose, " ": choose },
  });
  return (starts) =>
    starts
      .call(dragging)
      .on("click", (_, d) => choose(d))
      .on("keydown", key);
}

function newStarts(enter) {
  const g = enter.append("g").attr("class", "td-token").attr("role", "button");
  g.append("circle").attr("class", "td-target");
  g.append("circle").attr("class", "td-start");
  return g;
}

function putStarts(starts) {
  starts
    .attr("transform", (d) => `translate(${round(d.seen[0])},${round(d.seen[1])})`)
    .attr("tabindex", (d) => (d.on ? 0 : -1))
    .attr("aria-pressed", (d) => String(d.on))
    .attr("aria-label", (d) => d.about)
    .attr("data-token", (d) => d.index)
    .classed("td-selected", (d) => d.on)
    .classed("td-behind", (d) => d.seen[2] < -1e-9)
    .each((d, i, nodes) => {
      const token = select(nodes[i]);
      token.select(".td-target").attr("r", d.target);
      token.select(".td-start").attr("r", d.on ? 8 : 5);
    });
}
