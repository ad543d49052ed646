// Where many bodies move: a plane, or a sphere that can be turned. Trails and bodies are drawn on a canvas at every
// frame; on top of it each body's start is a button that moves by pointer, touch and arrow keys. One tab stop for all
// of them: Page Up and Page Down go from one to the next.
import { select } from "d3-selection";
import { h } from "./dom.js";
import { drawAxes, square } from "./drawing.js";
import { held } from "./film.js";
import { draggable, movedByKeys } from "./handles.js";
import { changed } from "./marks.js";
import { fixed } from "./numbers.js";
import { drawBodies, drawSphere, drawTrails } from "./stage-canvas.js";
import { turned, unturned } from "./turn.js";

const CROWD = 12; // with more bodies than this, targets are smaller and only the selected one is named

/**
 * @param {object} given
 * @param {string} given.label
 * @param {number} [given.smallest] half the side of the smallest piece of plane that is shown
 * @param {(index: number, at: number[] | null) => void} given.onMove a start is dragged, null when it is let go
 * @param {(index: number) => void} given.onSelect
 * @param {(turn: [number, number]) => void} [given.onTurn] of a sphere, [yaw, pitch]
 * @param {() => void} given.onResize
 */
export function stage({ label, smallest = 1.2, onMove, onSelect, onTurn = () => {}, onResize }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const board = square({
    label,
    layers: ["axes", "felt", "tokens", "hands"],
    canvas,
    className: "td-stage",
    onSize(size) {
      x.range([0, size]);
      y.range([size, 0]);
      onResize();
    },
  });
  const view = Object.assign(board, {
    extent: smallest,
    dragging: false,
    held: false,
    draw,
    reset,
    framed,
    pixel: (at) => seen(at),
    place,
  });
  const { element, svg, layer, x, y } = view;
  let scene = null,
    handles = "";

  // ------------------------------------------------------------------ places and pixels
  const solid = () => scene.starts[0].length === 3;
  /** [pixel across, pixel down, depth towards the reader]. */
  const seen = (p) => {
    const [a, b, depth] = p.length === 3 ? turned(p, scene.turn) : [p[0], p[1], 0];
    return [x(a), y(b), depth];
  };
  /** The place under a pixel: on the plane; on a side of the sphere, 1 the near one; else as deep as the body `was`. */
  function placeAt(px, py, was, side = 1) {
    const flat = [x.invert(px), y.invert(py)];
    if (was.length === 2) return flat.map((v) => round(Math.max(-view.extent, Math.min(view.extent, v))));
    let [a, b] = flat,
      [, , depth] = turned(was, scene.turn);
    if (scene.radius) {
      const far = Math.hypot(a, b) / scene.radius;
      if (far > 1) [a, b] = [a / far, b / far];
      depth = side * Math.sqrt(Math.max(0, scene.radius ** 2 - a * a - b * b));
    }
    return unturned([a, b, depth], scene.turn).map(round);
  }

  /** The place under a pixel that is as deep as `was`, on no sphere: for what is no body. */
  function place(px, py, was) {
    const [a, b] = [x.invert(px), y.invert(py)].map((v) => Math.max(-view.extent, Math.min(view.extent, v)));
    return was.length === 2 ? [a, b] : unturned([a, b, turned(was, scene.turn)[2]], scene.turn);
  }

  /** Zoom out at once when something leaves; zoom in only when all has come well inside. */
  function fit(reach) {
    if (view.dragging || view.held) return;
    let extent = view.extent;
    while (extent < 1.1 * reach && extent < 1e9) extent *= 1.25;
    while (extent > smallest && extent / 1.7 > 1.1 * reach) extent /= 1.25;
    view.extent = Math.max(smallest, extent);
    x.domain([-view.extent, view.extent]);
    y.domain([-view.extent, view.extent]);
  }

  // ------------------------------------------------------------------ drawing
  /**
   * scene: {starts, states, layer, selected, turn, radius, trails, reach, names, sizes, about(index)}. `states` are arrays of
   * places, a layer each; `layer` may lie between two; `reach` is how far out anything is that is drawn.
   */
  function draw(next, colours) {
    scene = next;
    if (!view.size) return;
    fit(scene.reach);
    const context = canvas.getContext("2d");
    const density = canvas.width / view.size;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, view.size, view.size);
    const before = Math.floor(scene.layer),
      part = scene.layer - before;
    const paths = scene.starts.map((_, i) => {
      const path = [];
      for (let l = scene.trails ? 0 : before; l <= before; l++) path.push(seen(scene.states[l][i]));
      if (part > 0) {
        const a = scene.states[before][i],
          b = scene.states[before + 1][i];
        path.push(seen(a.map((v, j) => v + part * (b[j] - v))));
      }
      return path;
    });
    const { size, extent } = view,
      { trails, selected, names, sizes } = next;
    const paint = (pen) => {
      if (solid() || next.radius) drawSphere(pen, next, size / (2 * extent), size, colours);
      if (trails) drawTrails(pen, paths, selected, colours);
      drawBodies(
        pen,
        paths.map((path) => path.at(-1)),
        { selected, names, sizes, size, colours },
      );
    };
    paint(context);
    canvas.again = { draw: paint, side: size }; // for a drawing that is saved
    drawHandles();
  }

  function drawHandles() {
    const next = JSON.stringify([scene.starts, scene.selected, solid() ? scene.turn : 0, view.size, view.extent]);
    if (next === handles) return;
    handles = next;
    axes();
    const target = scene.starts.length > CROWD ? 13 : 22;
    const data = scene.starts.map((at, index) => ({ at, index, seen: seen(at), on: index === scene.selected, about: scene.about(index) }));
    layer.tokens
      .selectAll("g.td-token")
      .data(data)
      .join((enter) => {
        const g = enter.append("g").attr("class", "td-token").attr("role", "button");
        g.append("circle").attr("class", "td-target");
        g.append("circle").attr("class", "td-start");
        return g
          .call(dragging)
          .on("click", (_, d) => onSelect(d.index))
          .on("keydown", key);
      })
      .filter(changed((d) => `${d.seen} ${d.on} ${target} ${d.about}`))
      .attr("transform", (d) => `translate(${round(d.seen[0])},${round(d.seen[1])})`)
      .attr("tabindex", (d) => (d.on ? 0 : -1))
      .attr("aria-pressed", (d) => String(d.on))
      .attr("aria-label", (d) => d.about)
      .attr("data-token", (d) => d.index)
      .classed("td-selected", (d) => d.on)
      .classed("td-behind", (d) => d.seen[2] < -1e-9)
      .each((d, i, nodes) => {
        const token = select(nodes[i]);
        token.select(".td-target").attr("r", target);
        token.select(".td-start").attr("r", d.on ? 8 : 5);
      });
  }

  function axes() {
    if (solid()) {
      layer.axes.selectAll("*").remove();
      return;
    }
    const ticks = x.ticks(view.size < 260 ? 2 : 6).filter((t) => t !== 0 && Math.abs(t) < view.extent * 0.88);
    drawAxes(view, { across: ticks, up: ticks, print: (t) => (Math.abs(t) < 1e4 ? fixed(t, t % 1 ? 1 : 0) : fixed(t)) });
  }

  // ------------------------------------------------------------------ hands and keys
  const dragging = draggable(view, { at: (d) => d.seen, to: (event, d) => placeAt(event.x, event.y, d.at), onMove });
  const choose = (d) => onSelect(d.index);
  const key = movedByKeys({
    step(d, towards, fast) {
      const far = (view.extent / 30) * (fast ? 5 : 1);
      const [px, py, depth] = seen(d.at);
      return placeAt(px + (x(far) - x(0)) * towards[0], py + (y(far) - y(0)) * towards[1], d.at, depth < 0 ? -1 : 1);
    },
    onMove,
    others: { PageDown: (d) => goOn(d, 1), PageUp: (d) => goOn(d, -1), Enter: choose, " ": choose },
  });
  function goOn(d, by) {
    const count = scene.starts.length;
    onSelect((d.index + by + count) % count);
    requestAnimationFrame(() => requestAnimationFrame(() => element.querySelector(".td-token[tabindex='0']")?.focus()));
  }

  // the ground of a sphere turns it; a finger that goes up or down still scrolls the page
  let grip = null;
  svg.node().addEventListener("pointerdown", (event) => {
    if (!scene || !solid() || event.target.closest(".td-token, .td-hand-of") || event.button) return;
    grip = { x: event.clientX, y: event.clientY, turn: scene.turn, id: event.pointerId };
    svg.node().setPointerCapture(event.pointerId);
  });
  svg.node().addEventListener("pointermove", (event) => {
    if (grip?.id !== event.pointerId) return;
    const degrees = 180 / (0.8 * view.size);
    const yaw = grip.turn[0] - (event.clientX - grip.x) * degrees,
      pitch = grip.turn[1] + (event.clientY - grip.y) * degrees;
    onTurn([Math.round(((((yaw + 180) % 360) + 360) % 360) - 180), Math.round(Math.max(-90, Math.min(90, pitch)))]);
  });
  svg.node().addEventListener("pointerup", () => {
    grip = null;
  });
  svg.node().addEventListener("pointercancel", () => {
    if (grip) onTurn(grip.turn); // it was a scroll, which began as a turn
    grip = null;
  });

  function reset() {
    view.extent = smallest;
  }

  /** `make()` while the stage shows what is within `reach`, and neither more nor less. */
  function framed(reach, make) {
    return held(view, () => fit(reach), make);
  }
  return view;
}

const round = (value) => Math.round(value * 1000) / 1000 + 0;
