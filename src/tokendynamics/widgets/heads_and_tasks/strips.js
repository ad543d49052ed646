// The words of a sentence, and below them a strip for each head: arcs from the word that is asked about to the words it looks at, and the
// numbers that the head writes for it, its segment. The head that a hand can bend has the tallest strip.
import { h } from "../ui/dom.js";
import { fixed } from "../ui/numbers.js";

const FAINT = 0.15, // weights of other words below this are not drawn
  BENT = 60, // pixels that the marked head's strip is tall, where there is room for that
  SLIP = 6; // pixels that a finger moves before it slides along the words
const NS = "http://www.w3.org/2000/svg";

export const headName = ([layer, head]) => `layer ${layer + 1}, head ${head + 1}`;
export const shortName = ([layer, head]) => `${layer + 1}.${head + 1}`;

/** `layers` × `heads` strips of `size` numbers. A word is chosen by a press on its column, or by sliding along: onToken(i). */
export function strips({ layers, heads, size, onToken, onResize }) {
  const words = h("div", { class: "td-names", "aria-hidden": "true" });
  const made = Array.from({ length: layers * heads }, (_, i) => strip(Math.floor(i / heads), i % heads, size));
  const element = h(
    "div",
    { class: "td-strips" },
    words,
    made.map(({ row }) => row),
  );
  let names = [],
    width = 0,
    height = 0; // of all strips

  const watch = new ResizeObserver(() => {
    const [wide, high] = [words.clientWidth, element.clientHeight - words.offsetHeight];
    if (!wide || (wide === width && high === height)) return;
    [width, height] = [wide, high];
    onResize();
  });
  watch.observe(element);
  slides(element, words, () => names.length, onToken);

  function drawWords(now, token) {
    if (now.join(" ") !== names.join(" ")) {
      names = now;
      words.replaceChildren(...names.map((name) => h("span", {}, name)));
      words.style.gridTemplateColumns = `repeat(${names.length}, minmax(0, 1fr))`;
      for (const each of made) each.marks = marks(each.own, names.length);
    }
    for (const [i, each] of [...words.children].entries()) each.classList.toggle("td-asked", i === token);
  }

  /** now: the words; token: the one asked about; run, learned: what `forward` gives, now and with nothing changed; keep (L, H); bent: [layer, head]. */
  function show(now, token, run, learned, keep, bent) {
    drawWords(now, token);
    if (!width) return;
    const most = Math.max(1e-9, ...run.segments.flat().flatMap((head) => head[token].map(Math.abs)));
    const tall = Math.max(height / made.length, Math.min(BENT, height / 4));
    const low = Math.max(0, (height - tall) / (made.length - 1));
    for (const each of made) {
      const { layer, head } = each,
        marked = layer === bent[0] && head === bent[1];
      each.row.classList.toggle("td-off", !keep[layer][head]);
      each.row.classList.toggle("td-bent", marked);
      set(each.row, "style", `height: ${(marked ? tall : low).toFixed(1)}px`);
      const spots = places(names.length, width, Math.max(1, (marked ? tall : low) - 3));
      drawArcs(each, names, token, run.attention[layer][head], spots);
      drawSegment(each, run.segments[layer][head][token], most);
      drawLearned(each, token, marked && keep[layer][head] ? [run, learned] : null, spots, most);
    }
  }
  return { element, show, stop: () => watch.disconnect() };
}

function strip(layer, head, size) {
  const arcs = svg("svg", { class: "td-arcs", role: "img", preserveAspectRatio: "none" });
  const faint = arcs.appendChild(svg("path", { class: "td-faint" }));
  const own = arcs.appendChild(svg("g"));
  const looked = arcs.appendChild(svg("path", { class: "td-was" }));
  const cells = svg("svg", { class: "td-segment", role: "img", viewBox: `0 0 ${size * 10} 30`, preserveAspectRatio: "none" });
  cells.appendChild(svg("line", { x1: 0, x2: size * 10, y1: 15, y2: 15 }));
  const bars = Array.from({ length: size }, (_, j) => cells.appendChild(svg("rect", { x: j * 10 + 1, width: 8 })));
  const wrote = cells.appendChild(svg("path", { class: "td-was" }));
  const row = h(
    "div",
    { class: "td-strip", "data-layer": layer },
    h("span", { class: "td-strip-name", "aria-hidden": "true" }, shortName([layer, head])),
    arcs,
    cells,
  );
  return { layer, head, arcs, faint, own, looked, cells, bars, wrote, row, marks: [] };
}

/** An arc and a stop a word. They stay while the sentence does: a slide sets numbers, and puts nothing new into the page. */
function marks(own, n) {
  const arcs = Array.from({ length: n }, () => svg("path", { class: "td-arc" })),
    stops = Array.from({ length: n }, () => svg("circle"));
  own.replaceChildren(...arcs, ...stops);
  return arcs.map((arc, k) => ({ arc, stop: stops[k] }));
}

/** Where words are in a strip, in pixels, and the arc from one to another. */
function places(n, width, height) {
  const foot = height - Math.min(8, height / 4),
    scale = (foot - 3) / 35;
  const x = (i) => Math.round((10 * width * (i + 0.5)) / n) / 10;
  const arc = (from, to) => {
    const up = (foot - 1.3 * scale * Math.min(35, 9 + 26 * (Math.abs(from - to) / Math.max(n - 1, 1)) ** 0.7)).toFixed(1);
    return `M${x(from)},${foot.toFixed(1)}C${x(from)},${up} ${x(to)},${up} ${x(to)},${foot.toFixed(1)}`;
  };
  return { x, arc, foot, width, height, dot: Math.min(1, 0.45 + height / 80) };
}

function drawArcs({ arcs, faint, marks }, names, token, attention, { x, arc, foot, width, height, dot }) {
  set(arcs, "viewBox", `0 0 ${width} ${height.toFixed(1)}`);
  let others = "";
  for (let i = 0; i < names.length; i++) if (i !== token) for (let k = 0; k < i; k++) if (attention[i][k] > FAINT) others += arc(i, k);
  set(faint, "d", others);
  attention[token].forEach((weight, k) => {
    const { arc: line, stop } = marks[k],
      drawn = k < token && weight > 0.02;
    set(line, "d", drawn ? arc(token, k) : "");
    if (drawn) set(line, "stroke-width", (dot * (0.6 + 5 * weight)).toFixed(2));
    set(stop, "class", k === token ? "td-stop td-here" : k < token ? "td-stop" : "td-stop td-later");
    set(stop, "cx", String(x(k)));
    set(stop, "cy", foot.toFixed(1));
    set(stop, "r", (dot * (Number(k === token) * 2 + 1.5 + 4.5 * Math.sqrt(weight))).toFixed(2));
  });
  const seen = attention[token]
    .map((weight, k) => [weight, k])
    .filter(([weight]) => weight >= 0.05)
    .sort((one, other) => other[0] - one[0])
    .slice(0, 4);
  const told = seen.map(([weight, k]) => `${k === token ? "itself" : names[k]} ${fixed(weight)}`).join(", ");
  set(arcs, "aria-label", `${names[token]} looks at ${told}`);
}

function drawSegment({ cells, bars }, segment, most) {
  for (const [j, bar] of bars.entries()) {
    const tall = (14 * Math.abs(segment[j])) / most;
    set(bar, "y", (segment[j] > 0 ? 15 - tall : 15).toFixed(2));
    set(bar, "height", tall.toFixed(2));
  }
  set(cells, "aria-label", `Segment: ${segment.map((s) => fixed(s, 1)).join(", ")}`);
}

/** Where a bent head looked before, and what it wrote, where that was other than now; nothing where `runs` is null. */
function drawLearned({ layer, head, looked, wrote }, token, runs, { arc }, most) {
  const [now, was] = (runs ?? []).map(({ attention, segments }) => [attention[layer][head][token], segments[layer][head][token]]);
  const other = (part, by) => now && was[part].some((value, j) => Math.abs(value - now[part][j]) > by);
  const arcs = other(0, 0.01) ? was[0].map((weight, k) => (k < token && weight > 0.05 ? arc(token, k) : "")) : [];
  const steps = other(1, 0.01 * most) ? was[1].map((value, j) => `M${10 * j} ${(15 - (14 * value) / most).toFixed(2)}h10`) : [];
  set(looked, "d", arcs.join(""));
  set(wrote, "d", steps.join(""));
}

/** Press a column of `element` or slide across it: columns are as wide as those of `words`. A finger that goes up or down scrolls the page. */
function slides(element, words, count, onToken) {
  let from = null;
  const choose = ({ clientX }) => {
    const { left, width } = words.getBoundingClientRect(),
      i = Math.floor((count() * (clientX - left)) / width);
    if (i >= 0 && i < count()) onToken(i);
  };
  element.addEventListener("pointerdown", (event) => {
    from = event.clientX;
  });
  element.addEventListener("pointermove", (event) => {
    if (from === null || Math.abs(event.clientX - from) < SLIP) return;
    element.setPointerCapture(event.pointerId);
    from = Infinity; // however near it comes again
    choose(event);
  });
  for (const end of ["pointerup", "pointercancel"])
    element.addEventListener(end, () => {
      from = null;
    });
  element.addEventListener("click", choose);
}

function svg(tag, attributes = {}) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** Only where it is another: what is set again is styled again. */
function set(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
