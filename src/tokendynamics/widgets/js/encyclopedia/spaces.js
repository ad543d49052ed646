// The two spaces: index on the left, where a question is picked or dragged; content on the right, where it lands.
import { line as shape } from "d3-shape";
import { arrowOutline } from "../ui/arrows.js";
import { h } from "../ui/dom.js";
import { fixed } from "../ui/numbers.js";
import { plane } from "../ui/plane.js";

const CIRCLE = Array.from({ length: 73 }, (_, i) => [Math.cos((i * Math.PI) / 36), Math.sin((i * Math.PI) / 36)]);
const FAR = 4; // an answer this many times further out than any content is left off the picture

export function spaces({ onMove, onAsk, onPlace, onResize }) {
  const index = plane({
    label: "Index space. The question and each entry are buttons: arrow keys move one, Enter on an entry asks about it.",
    onMove, onSelect: onAsk, onRemove() {}, onAdd: onPlace, onResize,
  });
  const content = plane({ label: "", onMove() {}, onSelect() {}, onRemove() {}, onAdd() {}, onResize });
  const picture = content.element.querySelector("svg");
  picture.setAttribute("role", "img");

  const figure = (title, formula, board, kind) => h("figure", { class: `td-space td-space-${kind}` },
    h("figcaption", {}, h("strong", {}, title), " ", formula), board.element);
  const element = h("div", { class: "td-spaces" },
    figure("Index space", "where QᵀK t lands", index, "index"),
    h("span", { class: "td-bridge", "aria-hidden": "true" }, h("span", {}, "M")),
    figure("Content space", "V t, and what M answers", content, "content"));

  function draw(state, found) {
    if (!index.size || !content.size) return;
    const n = state.tokens.length;
    index.fit([...found.index, [1.3, 0]]);
    const widest = FAR * Math.max(1, ...found.contents.map(size));
    content.fit([...found.contents, ...found.answers.filter((at) => size(at) <= widest)]);
    drawIndex(state, found, n);
    drawContent(state, found, n);
  }

  function drawIndex(state, found, n) {
    const at = found.index[n];
    rounds(index, [
      { kind: "unit", points: CIRCLE },
      { kind: "blur", points: CIRCLE.map(([a, b]) => [at[0] + found.radius * a, at[1] + found.radius * b]) },
    ]);
    arrows(index, found.directions.map((by, r) => ({
      kind: found.loudness[r] > 0 ? "u" : "none", text: `u${"₁₂"[r]}`, by, shaft: 6, head: 14,
    })));
    const names = [...state.names, named(state) < 0 ? "your question" : ""];
    index.drawTokens(found.index, names, n, (i) => describe(state, found, i));
  }

  function drawContent(state, found, n) {
    const { M, contents, answers, gaps } = found;
    const through = ([a, b]) => [M[0][0] * a + M[0][1] * b, M[1][0] * a + M[1][1] * b];
    const at = answers[n];
    rounds(content, [
      { kind: "unit", points: CIRCLE.map(through) },
      { kind: "blur", points: CIRCLE.map(through).map(([a, b]) => [at[0] + found.radius * a, at[1] + found.radius * b]) },
    ]);
    arrows(content, found.shouts.map((by, r) => {
      const shaft = Math.min(3 + 2.2 * found.loudness[r], 22);
      return { kind: "shout", text: found.loudness[r] > 0 ? `M u${"₁₂"[r]}` : "", by, shaft, head: 10 + 1.3 * shaft };
    }));

    const points = contents.map((at, k) => ({ k, at, answer: answers[k], asked: k === n, name: state.answers[k] ?? "" }));
    content.layer.links.selectAll("line").data(points).join("line")
      .attr("class", (d) => (d.asked ? "td-gap" : "td-gap td-faint"))
      .attr("x1", (d) => content.x(d.at[0])).attr("y1", (d) => content.y(d.at[1]))
      .attr("x2", (d) => content.x(d.answer[0])).attr("y2", (d) => content.y(d.answer[1]));

    const far = pixels(gaps[n]) > 30;
    const marks = content.layer.tokens.selectAll("g").data(points).join((enter) => {
      const g = enter.append("g");
      g.append("rect").attr("x", -8).attr("y", -8).attr("width", 16).attr("height", 16);
      g.append("circle");
      g.append("text").attr("class", "td-answer-name");
      return g;
    }).attr("class", (d) => (d.asked ? "td-mark td-asked" : "td-mark"));
    marks.select("rect").attr("transform", (d) => `translate(${content.x(d.answer[0])},${content.y(d.answer[1])})`);
    marks.select("circle").attr("r", (d) => (d.asked ? 13 : 5.5)).attr("cx", (d) => content.x(d.at[0])).attr("cy", (d) => content.y(d.at[1]));
    marks.select("text")
      .attr("x", (d) => content.x(d.at[0]) + (onRight(d.at) ? -14 : 14)).attr("text-anchor", (d) => (onRight(d.at) ? "end" : "start"))
      .attr("y", (d) => content.y(d.at[1]) + (d.asked ? 22 : -10))
      .text((d) => (d.asked ? (named(state) < 0 || far ? "V q" : "") : d.name));

    const labels = far ? [
      { kind: "answer", text: "M QᵀK q", at: answers[n], dy: -16 },
      { kind: "gap", text: `gap ${fixed(gaps[n])}`, at: answers[n].map((x, j) => (x + contents[n][j]) / 2), dy: 4 },
    ] : [];
    content.layer.links.selectAll("text").data(labels).join("text")
      .attr("class", (d) => `td-label-${d.kind}`).attr("text-anchor", "middle")
      .attr("x", (d) => within(content, content.x(d.at[0]), 40)).attr("y", (d) => within(content, content.y(d.at[1]) + d.dy, 16))
      .text((d) => d.text);
    picture.setAttribute("aria-label", `Content space. ${describe(state, found, n)}.`);
  }

  const onRight = (at) => content.x(at[0]) > content.size - 80;
  const pixels = (length) => (length * content.size) / (2 * content.extent);

  return { element, draw, reset: () => (index.extent = content.extent = 0.75), stop: () => (index.stop(), content.stop()) };
}

/** The entry that the question is, or −1 for a place of its own. */
export const named = ({ tokens, question }) => tokens.findIndex((t) => t[0] === question[0] && t[1] === question[1]);

const place = ([a, b]) => `${fixed(a)}, ${fixed(b)}`;

/** A token in words; the last of `found` is the question. */
export function describe(state, found, i) {
  const asked = i === state.tokens.length;
  const which = named(state);
  const name = asked ? `question${which < 0 ? "" : `, ${state.names[which]}`}` : state.names[i];
  return `${name}: index at ${place(found.index[i])}, content at ${place(found.contents[i])}, M answers ${place(found.answers[i])}, gap ${fixed(found.gaps[i])}`;
}

function rounds(board, data) {
  const draw = shape().x((p) => board.x(p[0])).y((p) => board.y(p[1]));
  board.layer.field.selectAll("path").data(data).join("path").attr("class", (d) => `td-round-${d.kind}`).attr("d", (d) => draw(d.points));
}

/** Arrows from the origin, named at their tips; one that is longer than the picture runs out of it. */
function arrows(board, data) {
  const per = board.size / (2 * board.extent), x0 = board.x(0), y0 = board.y(0);
  const ready = data.map((d) => {
    const length = size(d.by) * per, most = 2 * board.size;
    const k = per * (length > most ? most / length : 1);
    return { ...d, dx: d.by[0] * k, dy: -d.by[1] * k, length: Math.min(length, most) };
  });
  board.layer.arrows.selectAll("path").data(ready).join("path")
    .attr("class", (d) => `td-arrow-${d.kind}`)
    .attr("d", (d) => arrowOutline(x0, y0, d.dx, d.dy, { shaft: d.shaft, head: d.head }));
  const beyond = (d) => (d.length + 15) / (d.length || 1);
  board.layer.arrows.selectAll("text").data(ready).join("text")
    .attr("class", (d) => `td-label-${d.kind}`).attr("text-anchor", "middle")
    .attr("x", (d) => within(board, x0 + d.dx * beyond(d), 26)).attr("y", (d) => within(board, y0 + d.dy * beyond(d), 16) + 4)
    .style("display", (d) => (d.length < 3 ? "none" : null))
    .text((d) => d.text);
}

const size = ([a, b]) => Math.hypot(a, b);
const within = (board, value, margin) => Math.max(margin, Math.min(board.size - margin, value));
