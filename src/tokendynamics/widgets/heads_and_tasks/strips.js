// The words of a sentence, and below them a strip for each head: a switch, arcs from the word that is asked about to
// the words it looks at, and the numbers that the head writes for it, its segment.
import { h, hidden, uid } from "../ui/dom.js";
import { onWidth } from "../ui/drawing.js";
import { listStep } from "../ui/handles.js";
import { fixed } from "../ui/numbers.js";

const HEIGHT = 46,
  FAINT = 0.15; // pixels of a strip; weights of other words below this are not drawn
const NS = "http://www.w3.org/2000/svg";

export const headName = ([layer, head]) => `layer ${layer + 1}, head ${head + 1}`;

/** onToken(i), onSwitch(layer, head, on). `layers` × `heads` strips of `size` numbers. */
export function strips({ layers, heads, size, onToken, onSwitch }) {
  const words = h("div", { class: "td-words", role: "group", "aria-label": "Words of the sentence: choose the one that is asked about" });
  const made = [];
  const groups = Array.from({ length: layers }, (_, layer) =>
    h(
      "div",
      { class: "td-layer" },
      h("h3", {}, `Layer ${layer + 1}`),
      Array.from({ length: heads }, (_, head) => strip(layer, head)),
    ),
  );
  let buttons = [],
    width = 0,
    last = null;

  function strip(layer, head) {
    const id = uid("head");
    const box = h("input", { type: "checkbox", id, onchange: () => onSwitch(layer, head, box.checked) });
    const arcs = svg("svg", { class: "td-arcs", role: "img" });
    const faint = arcs.appendChild(svg("path", { class: "td-faint" }));
    const own = arcs.appendChild(svg("g"));
    const cells = svg("svg", { class: "td-segment", role: "img", viewBox: `0 0 ${size * 10} 30`, preserveAspectRatio: "none" });
    cells.appendChild(svg("line", { x1: 0, x2: size * 10, y1: 15, y2: 15 }));
    const bars = Array.from({ length: size }, (_, j) => cells.appendChild(svg("rect", { x: j * 10 + 1, width: 8 })));
    const row = h(
      "div",
      { class: "td-strip" },
      h("label", { class: "td-check", for: id }, box, h("span", {}, hidden(`Layer ${layer + 1} `), `Head ${head + 1}`)),
      arcs,
      cells,
    );
    made.push({ layer, head, box, arcs, faint, own, cells, bars, row });
    return row;
  }

  function key(event) {
    const by = listStep(event);
    if (!by) return;
    event.preventDefault();
    event.stopPropagation(); // a notebook has keys of its own
    // from the word that has the focus: the next key may come before the next frame
    const next = Math.min(Math.max(Number(event.currentTarget.dataset.token) + by, 0), buttons.length - 1);
    onToken(next);
    buttons[next]?.focus();
  }

  let text = null;
  function drawWords(names, token) {
    if (text !== names.join(" ")) {
      text = names.join(" ");
      buttons = names.map((name, i) =>
        h("button", { type: "button", class: "td-word", onclick: () => onToken(i), onkeydown: key, "data-token": i }, h("span", {}, name)),
      );
      words.replaceChildren(...buttons);
      words.style.gridTemplateColumns = `repeat(${names.length}, minmax(0, 1fr))`;
    }
    buttons.forEach((each, i) => {
      each.setAttribute("aria-pressed", String(i === token));
      each.tabIndex = i === token ? 0 : -1;
    });
  }

  /** names: the words; token: the one asked about; run: what `forward` gives; keep (L, H); marked: [layer, head]. */
  function show(names, token, run, keep, marked) {
    last = [names, token, run, keep, marked];
    drawWords(names, token);
    if (!width) return;
    const n = names.length,
      y = HEIGHT - 8;
    const x = (i) => Math.round((10 * width * (i + 0.5)) / n) / 10;
    const arc = (from, to) => {
      const rise = 1.3 * Math.min(y - 4, 9 + 22 * (Math.abs(from - to) / Math.max(n - 1, 1)) ** 0.7);
      return `M${x(from)},${y}C${x(from)},${(y - rise).toFixed(1)} ${x(to)},${(y - rise).toFixed(1)} ${x(to)},${y}`;
    };
    const most = Math.max(1e-9, ...run.segments.flat().flatMap((head) => head[token].map(Math.abs)));
    for (const { layer, head, box, arcs, faint, own, cells, bars, row } of made) {
      const on = Boolean(keep[layer][head]);
      box.checked = on;
      row.classList.toggle("td-off", !on);
      row.classList.toggle("td-bent", layer === marked[0] && head === marked[1]);
      const a = run.attention[layer][head];
      arcs.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
      let others = "";
      for (let i = 0; i < n; i++) for (let k = 0; k < i; k++) if (i !== token && a[i][k] > FAINT) others += arc(i, k);
      faint.setAttribute("d", others);
      own.replaceChildren(
        ...a[token].flatMap((weight, k) => [
          ...(k < token && weight > 0.02
            ? [svg("path", { class: "td-arc", d: arc(token, k), "stroke-width": (0.6 + 5 * weight).toFixed(2) })]
            : []),
          svg("circle", {
            class: k === token ? "td-stop td-here" : k < token ? "td-stop" : "td-stop td-later",
            cx: x(k),
            cy: y,
            r: (Number(k === token) * 2 + 1.5 + 4.5 * Math.sqrt(weight)).toFixed(2),
          }),
        ]),
      );
      const seen = a[token]
        .map((weight, k) => [weight, k])
        .filter(([weight]) => weight >= 0.05)
        .sort((one, other) => other[0] - one[0])
        .slice(0, 4);
      arcs.setAttribute(
        "aria-label",
        `${names[token]} looks at ${seen.map(([weight, k]) => `${k === token ? "itself" : names[k]} ${fixed(weight)}`).join(", ")}`,
      );
      const segment = run.segments[layer][head][token];
      for (const [j, bar] of bars.entries()) {
        const tall = (14 * Math.abs(segment[j])) / most;
        bar.setAttribute("y", String(segment[j] > 0 ? 15 - tall : 15));
        bar.setAttribute("height", String(tall));
      }
      cells.setAttribute("aria-label", `Segment: ${segment.map((s) => fixed(s, 1)).join(", ")}`);
    }
  }

  const stop = onWidth(made[0].arcs, (now) => {
    width = now;
    if (last) show(...last);
  });

  return { element: h("div", { class: "td-strips" }, words, groups), show, stop };
}

function svg(tag, attributes = {}) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
