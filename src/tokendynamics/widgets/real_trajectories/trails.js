// A plane in which tokens of a real model leave trails: two directions of a projection, one length scale for both.
// Tokens are buttons; one tab stop for all, arrow keys from one to the next, Enter keeps a name open.
import { drawAxes, square } from "../ui/drawing.js";
import { listStep } from "../ui/handles.js";
import { worded } from "../ui/marks.js";
import { fixed } from "../ui/numbers.js";
import { SHAPES, senseClass } from "./sense_marks.js";

// where a name may stand beside its token, first choice first
const AROUND = [
  [11, -9],
  [-11, -9],
  [11, 11],
  [-11, 11],
  [0, -19],
  [0, 19],
  [14, 0],
  [-14, 0],
  [20, -21],
  [-20, -21],
  [20, 22],
  [-20, 22],
  ...[32, 46, 60].flatMap((far) =>
    Array.from({ length: 12 }, (_, k) => [Math.round(far * Math.cos((k * Math.PI) / 6)), Math.round(far * Math.sin((k * Math.PI) / 6))]),
  ),
];

export function trailPlane({ label, onResize, onFocus }) {
  const board = square({ label, layers: ["axes", "ghosts", "trails", "stops", "tokens", "names"], onSize: onResize });
  const view = Object.assign(board, { draw });
  const { layer, x, y } = view;
  const open = new Set(); // keys of tokens whose names stay
  let near = null,
    current = null,
    ticks = [], // the boxes of the axes' numbers
    data = [];

  /**
   * tracks: {key, path, at, sense, main, name, about}: path in the plane up to now, `at` its end, `main` for the word
   * that is followed, `short` is written beside it where it is `named`. frame: {middle: [x, y], half}. axes: names of the two directions.
   * ghosts: tracks drawn beneath, whole.
   */
  function draw(tracks, frame, axes, trails, ghosts = []) {
    data = tracks;
    const [mx, my] = frame.middle;
    x.domain([mx - frame.half, mx + frame.half]).range([0, view.size]);
    y.domain([my - frame.half, my + frame.half]).range([view.size, 0]);
    const inside = (scale) => scale.ticks(5).filter((t) => scale(t) > 22 && scale(t) < view.size - 22);
    const across = inside(x),
      up = inside(y);
    const [one, next] = x.ticks(5),
      decimals = Math.max(0, Math.ceil(-Math.log10(next - one) - 1e-9)); // of a step from tick to tick: cosines are small
    ticks = [
      ...across.map((t) => ({ left: x(t) - 12, right: x(t) + 12, top: view.size - 20, bottom: view.size })),
      ...up.map((t) => ({ left: 0, right: 26, top: y(t) - 8, bottom: y(t) + 8 })),
    ];
    drawAxes(view, {
      across,
      up,
      print: (t) => fixed(t, decimals),
      more: [
        { key: "xname", x: view.size - 8, y: view.size - 22, anchor: "end", text: `${axes[0]} →` },
        { key: "yname", x: 8, y: 16, anchor: "start", text: `↑ ${axes[1]}` },
      ],
    });
    const line = (path) => (path.length > 1 ? `M${path.map(([a, b]) => `${round(x(a))},${round(y(b))}`).join("L")}` : "");
    const ring = ([a, b]) => `M${round(x(a)) - 4},${round(y(b))}a4,4,0,1,0,8,0a4,4,0,1,0,-8,0`;
    layer.ghosts
      .selectAll("path")
      .data(ghosts, (d) => d.key)
      .join("path")
      .attr("d", (d) => `${line(d.whole)}${ring(d.at)}`);
    layer.trails
      .selectAll("path")
      .data(trails ? tracks : [], (d) => d.key)
      .join("path")
      .attr("class", (d) => `td-trail ${senseClass(d.sense)}${d.main ? " td-main" : ""}`)
      .attr("d", (d) => line(d.path));
    const dots = (path) => path.map(([a, b]) => `M${round(x(a))},${round(y(b))}h0`).join("");
    layer.stops
      .selectAll("path")
      .data(trails ? tracks.filter((d) => d.main) : [], (d) => d.key)
      .join("path")
      .attr("class", (d) => senseClass(d.sense))
      .attr("d", (d) => dots(d.path.slice(0, -1)));
    if (!tracks.some((d) => d.key === current)) current = (tracks.find((d) => d.main) ?? tracks[0])?.key;
    layer.tokens
      .selectAll("g")
      .data(tracks, (d) => d.key)
      .join(enter)
      .attr("class", (d) => `td-token ${senseClass(d.sense)}${d.main ? " td-main" : ""}`)
      .attr("transform", (d) => `translate(${x(d.at[0])},${y(d.at[1])})`)
      .attr("aria-label", (d) => d.about)
      .attr("aria-pressed", (d) => String(open.has(d.key)))
      .attr("tabindex", (d) => (d.key === current ? 0 : -1))
      .attr("data-token", (d) => d.key)
      .select(".td-shape")
      .attr("d", (d) => SHAPES[d.sense % SHAPES.length])
      .attr("transform", (d) => (d.main ? null : "scale(0.5)"));
    drawNames();
  }

  function enter(entering) {
    const g = entering.append("g").attr("role", "button");
    g.append("circle")
      .attr("class", "td-target")
      .attr("r", (d) => (d.main ? 20 : 9));
    g.append("path").attr("class", "td-shape");
    return g
      .on("pointerenter", (_, d) => point(d.key))
      .on("pointerleave", () => point(null))
      .on("focus", (_, d) => {
        current = d.key;
        point(d.key);
        onFocus(d);
      })
      .on("blur", () => point(null))
      .on("click", (_, d) => keep(d.key))
      .on("keydown", key);
  }

  function point(key) {
    near = key;
    drawNames();
  }
  function keep(key) {
    if (!open.delete(key)) open.add(key);
    layer.tokens.selectAll("g").attr("aria-pressed", (d) => String(open.has(d.key)));
    drawNames();
  }
  function key(event, d) {
    const by = listStep(event);
    if (by) {
      const next = data[(data.findIndex((each) => each.key === d.key) + by + data.length) % data.length];
      current = next.key;
      const groups = layer.tokens.selectAll("g").attr("tabindex", (each) => (each.key === current ? 0 : -1));
      groups
        .filter((each) => each.key === current)
        .node()
        .focus();
    } else if (event.key === "Enter" || event.key === " ") keep(d.key);
    else return;
    event.preventDefault();
    event.stopPropagation(); // a notebook has keys of its own
  }

  /** What is named always; the full name of a token while it is pointed at, focused or kept open. */
  function drawNames() {
    const shown = data.filter((d) => d.named || d.key === near || open.has(d.key));
    const placed = [];
    for (const d of shown.toReversed()) {
      // the followed word chooses first
      const words = d.key === near || open.has(d.key) ? d.name : d.short;
      const boxes = AROUND.map((way) => box(d, words, way)).filter(inPlane);
      const free = boxes.filter((one) => ![...ticks, ...placed].some((other) => cross(one, other)));
      placed.push(
        free.find((one) => !shown.some((each) => each.main && over(one, each))) ?? free[0] ?? boxes[0] ?? box(d, words, AROUND[0]),
      );
    }
    layer.names
      .selectAll("text")
      .data(placed, ({ d }) => d.key)
      .join("text")
      .attr("x", (one) => one.left)
      .attr("y", (one) => one.top + 12)
      .classed("td-main", ({ d }) => d.main)
      .call(worded, ({ words }) => words);
  }

  /**
   * Where a name of `words` would stand beside its token, in pixels; letters are taken as 8 wide.
   * @param {number[]} way
   */
  function box(d, words, way) {
    const [dx, dy] = way;
    const width = 8 * words.length + 2;
    const left = x(d.at[0]) + (dx > 0 ? dx : dx < 0 ? dx - width : -width / 2);
    return { d, words, left, right: left + width, top: y(d.at[1]) + dy - 7, bottom: y(d.at[1]) + dy + 7 };
  }
  const inPlane = ({ left, right, top, bottom }) => left > 2 && right < view.size - 2 && top > 2 && bottom < view.size - 2;
  const cross = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
  const over = (one, { at }) => x(at[0]) > one.left - 5 && x(at[0]) < one.right + 5 && y(at[1]) > one.top - 5 && y(at[1]) < one.bottom + 5;

  return view;
}

const round = (x) => Math.round(x * 10) / 10;
