// A 3 × 3 matrix as two sliders and nine numbers, in step: what ui/matrix.js is for 2 × 2.
import { h, hidden, uid } from "../ui/dom.js";
import { fixed, parse } from "../ui/numbers.js";
import { notice } from "../ui/notice.js";
import { slider } from "../ui/slider.js";
import { showNumber } from "../ui/typing.js";
import { reshape_3, shape_of_3 } from "../maths/shape.js";

const PARTS = [
  { part: "angle", min: -180, max: 180, step: 1, unit: "°", decimals: 0 },
  { part: "stretch", min: 0.1, max: 3, step: 0.01 },
];

/** `change(matrix, notice)` asks for a new matrix. The angle turns it about axis 3. */
export function matrix3Control(name, about, change) {
  const said = notice();
  let matrix;
  const sliders = PARTS.map(({ part, ...range }) =>
    slider({ owner: name, label: part, ...range, onInput: (value) => change(tidy(reshape_3(matrix, part, value)), said) }),
  );
  const cells = [0, 1, 2].map((row) => [0, 1, 2].map((column) => cell(row, column)));

  function cell(row, column) {
    const input = h("input", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      spellcheck: "false",
      class: "td-cell",
      "aria-label": `${name} row ${row + 1} column ${column + 1}`,
      "aria-describedby": said.element.id,
      onchange: typed,
      onkeydown: (event) => event.key === "Enter" && typed(),
    });
    function typed() {
      const { value, error } = parse(input.value);
      if (
        !error &&
        change(
          matrix.map((r, i) => r.map((x, j) => (i === row && j === column ? value : x))),
          said,
        )
      )
        return;
      input.setAttribute("aria-invalid", "true");
      if (error) said.say(`${name}, row ${row + 1}, column ${column + 1}: ${error} The matrix keeps ${fixed(matrix[row][column])}.`);
    }
    return input;
  }

  const title = uid("matrix");
  const element = h(
    "div",
    { class: `td-matrix td-matrix-${name}`, role: "group", "aria-labelledby": title },
    h(
      "div",
      { class: "td-matrix-head" },
      h("div", { class: "td-matrix-title", id: title }, h("strong", {}, name), " ", about),
      h("div", { class: "td-cells td-cells-3" }, hidden(`${name} as nine numbers`), cells),
    ),
    sliders.map((each) => each.element),
    said.element,
  );

  return {
    element,
    show(next) {
      const was = matrix;
      matrix = next;
      const shape = shape_of_3(next);
      PARTS.forEach(({ part }, i) => sliders[i].show(shape[part]));
      cells.forEach((row, i) =>
        row.forEach((input, j) => {
          showNumber(input, fixed(next[i][j]), next[i][j], was?.[i][j]);
          input.removeAttribute("aria-invalid");
        }),
      );
    },
  };
}

/** Rounding of 1e-16 that a quarter turn leaves behind is nobody's entry. */
const tidy = (matrix) => matrix.map((row) => row.map((x) => Math.round(x * 1e12) / 1e12 + 0));
