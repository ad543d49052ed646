// Sweeps: every run that the emergence chapter's sweeps trained, a point each. They were trained beforehand.

import { h } from "../ui/dom.js";
import { plot } from "../ui/plot.js";
import { checkField, selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";
import { widget } from "../ui/widget.js";
import { longest, metrics_of, values } from "./engine.js";
import { diagram, lines } from "./figure.js";
import { key } from "./key.js";
import { fitting, measure, NAMES, START } from "./state.js";
import { numbers } from "./table.js";

function build({ model, experimental, store, about, tell, reset }) {
  const data = model.get("data"),
    chosen = controls(data, tell);
  const caption = () => captionOf(data, store.state);
  const picture = plot({
    model,
    experimental,
    failed: "The numbers are in the panel Table.",
    figure: (page) => (isDiagram(store.state) ? diagram : lines)(data, store.state, titleOf(data, store.state), page),
  });
  const heading = h("p", { class: "td-heading" }),
    note = h("p", { class: "td-quiet" });
  const table = numbers(),
    which = key();
  return {
    picture: [heading, which.element, picture.element],
    transport: [reset],
    said: [about.element],
    panels: {
      runs: { title: "Runs", body: [chosen.elements, note] },
      table: { title: "Table", body: [table.element] },
    },
    draw(state) {
      const shown = data.sweeps[state.sweep];
      chosen.show(state);
      heading.textContent = caption();
      note.textContent = isDiagram(state)
        ? "A cell is as dark as the mean of its eight runs is large. Its dots are the runs, from the foot of the cell upwards."
        : "Marks are single runs, side by side where they share a place; the line goes through their means.";
      picture.label(`${caption()} The panel Table holds the same numbers.`);
      picture.draw();
      which.element.hidden = isDiagram(state) || shown.lines.length === 1;
      which.show(shown.lines.map(({ name }) => name));
      table.show(shown, state, caption());
    },
    numbers: () => points(data, store.state),
    summary: caption,
    parts: [picture],
  };
}

const isDiagram = ({ sweep, diagram }) => sweep === "phase" && diagram;

const titleOf = (data, { metric, length }) => data.metrics[metric].title.replace(" of n ", ` of ${length} `);

function captionOf(data, state) {
  const { title, lines } = data.sweeps[state.sweep],
    runs = lines.reduce((sum, line) => sum + line.x.length, 0);
  return `${title}: ${titleOf(data, state)}. ${runs} runs, every seed a mark.`;
}

/** A row of the table that is saved for each run. */
const points = (data, { sweep, metric, length }) =>
  data.sweeps[sweep].lines.flatMap((line) =>
    values(line, metric, length).map((value, i) => ["point", line.name, line.x[i], `seed ${line.seed[i]}`, value]),
  );

/** What is drawn; `tell(patch)` asks for something else. */
function controls(data, tell) {
  const sweep = selectField("Sweep", titles(data.sweeps), (name) => tell({ sweep: name }));
  const metric = selectField("Measure", titles(data.metrics), (name) => tell({ metric: name }));
  const seeds = Math.max(...Object.values(data.sweeps)[0].lines[0].seed) + 1;
  const seed = selectField("Pick out", [[-1, "no seed"], ...Array.from({ length: seeds }, (_, i) => [i, `seed ${i}`])], (value) =>
    tell({ seed: Number(value) }),
  );
  seed.element.classList.add("td-waits"); // it tells which seed is lucky where
  const length = slider({
    label: "n answers in a row",
    limits: { min: 1, max: Math.max(...Object.values(data.sweeps).map(longest)), whole: true },
    onInput: (n) => tell({ length: n }),
  });
  const asDiagram = checkField("As a diagram of both", (on) => tell({ diagram: on }));
  return {
    elements: [sweep, metric, length, asDiagram, seed].map(({ element }) => element),
    show(state) {
      const shown = data.sweeps[state.sweep],
        has = metrics_of(shown, data.metrics);
      sweep.control.value = state.sweep;
      for (const option of metric.control.options) {
        option.hidden = !has.includes(option.value);
        option.disabled = option.hidden;
      }
      metric.control.value = state.metric;
      seed.control.value = state.seed;
      length.input.max = longest(shown);
      length.show(state.length);
      length.element.hidden = state.metric !== "all_right" || longest(shown) === 1;
      asDiagram.control.checked = state.diagram;
      asDiagram.element.hidden = state.sweep !== "phase";
    },
  };
}

const titles = (named) => Object.entries(named).map(([name, { title }]) => [name, title]);

export default widget({
  view: "sweeps",
  className: "Sweeps",
  title: "Sweeps",
  names: NAMES,
  rules(model) {
    const data = model.get("data");
    return { measure: measure(data), settle: fitting(data), fallback: START };
  },
  build,
});
