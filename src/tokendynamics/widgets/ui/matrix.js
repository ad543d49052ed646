import { reshape, reshape_3, shape_of, shape_of_3 } from "../maths/shape.js";
import { h, hidden, uid } from "./dom.js";
import { notice } from "./notice.js";
import { fixed } from "./numbers.js";
import { slider } from "./slider.js";
import { numberField } from "./typing.js";

const MATRICES = { Q: "what a token asks for", K: "what it is found by", V: "what it passes on" };
const PARTS = {
  angle: { limits: { min: -180, max: 180, step: 1 }, unit: "°" },
  stretch: { limits: { min: 0.1, max: 3, step: 0.01 } },
  shear: { limits: { min: -2, max: 2, step: 0.01 } },
};
// in three dimensions the angle is about axis 3, and there is no one shear
const KINDS = {
  2: { count: "four", parts: ["angle", "stretch", "shear"], shape: shape_of, reshaped: reshape },
  3: { count: "nine", parts: ["angle", "stretch"], shape: shape_of_3, reshaped: reshape_3 },
};

/** A d × d matrix twice over, d 2 or 3: sliders of its shape and its numbers, in step. `change(matrix, notice)` asks for a new one. */
export function matrixControl(name, about, change, d = 2) {
  const { count, parts, shape, reshaped } = KINDS[d];
  const said = notice();
  let matrix;
  const sliders = parts.map((part) =>
    slider({ owner: name, label: part, ...PARTS[part], onInput: (value) => change(tidy(reshaped(matrix, part, value)), said) }),
  );
  const axes = Array.from({ length: d }, (_, i) => i);
  const cells = axes.map((row) => axes.map((column) => cell(row, column)));

  function cell(row, column) {
    return numberField({
      attributes: {
        class: "td-cell",
        "aria-label": `${name} row ${row + 1} column ${column + 1}`,
        "aria-describedby": said.element.id,
      },
      take: (value) =>
        change(
          matrix.map((r, i) => r.map((x, j) => (i === row && j === column ? value : x))),
          said,
        ),
      refuse: (words, was) => said.say(`${name}, row ${row + 1}, column ${column + 1}: ${words} The matrix keeps ${fixed(was)}.`),
    });
  }

  const title = uid("matrix");
  const element = h(
    "div",
    { class: `td-matrix td-matrix-${name}`, role: "group", "aria-labelledby": title },
    h("div", { class: "td-matrix-title", id: title }, h("strong", {}, name), " ", about),
    sliders.map((each) => each.element),
    h(
      "div",
      { class: d === 3 ? "td-cells td-cells-3" : "td-cells" },
      hidden(`${name} as ${count} numbers`),
      cells.flat().map(({ input }) => input),
    ),
    said.element,
  );

  return {
    element,
    show(next) {
      matrix = next;
      const found = shape(next);
      for (const [i, part] of parts.entries()) sliders[i].show(found[part]);
      for (const [i, row] of cells.entries()) for (const [j, field] of row.entries()) field.show(next[i][j]);
    },
  };
}

/** Q, K and V, each asked for as a trait of that name, each a panel of its own: {panels, show(state)}. */
export function headPanels(change, d = 2) {
  const controls = Object.entries(MATRICES).map(([name, about]) => ({
    name,
    ...matrixControl(name, about, (matrix, where) => change({ [name]: matrix }, where), d),
  }));
  return {
    panels: Object.fromEntries(controls.map(({ name, element }) => [name, { title: name, body: [element] }])),
    show(state) {
      for (const { name, show } of controls) show(state[name]);
    },
  };
}

/** Rounding of 1e-16 that a quarter turn leaves behind is nobody's entry. */
const tidy = (matrix) => matrix.map((row) => row.map((x) => Math.round(x * 1e12) / 1e12 + 0));

export { headPanels as headControls };
