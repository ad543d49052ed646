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
  const data = model.get("data");

  // ------------------------------------------------------------------ controls
  const sweep = selectField(
    "Sweep",
    Object.entries(data.sweeps).map(([name, { title }]) => [name, title]),
    (name) => tell({ sweep: name }),
  );
  const metric = selectField(
    "Measure",
    Object.entries(data.metrics).map(([name, { title }]) => [name, title]),
    (name) => tell({ metric: name }),
  );
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

  // ------------------------------------------------------------------ the picture
  const title = () => data.metrics[store.state.metric].title.replace(" of n ", ` of ${store.state.length} `);
  const isDiagram = () => store.state.sweep === "phase" && store.state.diagram;
  const runs = () => data.sweeps[store.state.sweep].lines.reduce((sum, line) => sum + line.x.length, 0);
  const caption = () => `${data.sweeps[store.state.sweep].title}: ${title()}. ${runs()} runs, every seed a mark.`;
  const picture = plot({
    model,
    experimental,
    failed: "The numbers are in the panel Table.",
    figure: (page) => (isDiagram() ? diagram : lines)(data, store.state, title(), page),
  });
  const heading = h("p", { class: "td-heading" }),
    note = h("p", { class: "td-quiet" });
  const table = numbers(),
    which = key();

  function draw(state) {
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
    heading.textContent = caption();
    note.textContent = isDiagram()
      ? "A cell is as dark as the mean of its eight runs is large. Its dots are the runs, from the foot of the cell upwards."
      : "Marks are single runs, side by side where they share a place; the line goes through their means.";
    picture.label(`${caption()} The panel Table holds the same numbers.`);
    picture.draw();
    which.element.hidden = isDiagram() || shown.lines.length === 1;
    which.show(shown.lines.map(({ name }) => name));
    table.show(shown, state, caption());
  }

  const panels = {
    runs: {
      title: "Runs",
      body: [[sweep, metric].map(({ element }) => element), length.element, asDiagram.element, seed.element, note],
    },
    table: { title: "Table", body: [table.element] },
  };
  return {
    picture: [heading, which.element, picture.element],
    transport: [reset],
    said: [about.element],
    panels,
    draw,
    numbers: () =>
      data.sweeps[store.state.sweep].lines.flatMap((line) =>
        values(line, store.state.metric, store.state.length).map((value, i) => [
          "point",
          line.name,
          line.x[i],
          `seed ${line.seed[i]}`,
          value,
        ]),
      ),
    summary: caption,
    parts: [picture],
  };
}

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
