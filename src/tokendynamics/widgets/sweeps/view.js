// Sweeps: every run that the emergence chapter's sweeps trained, a point each. They were trained beforehand.
import { longest, metrics_of } from "./engine.js";
import { diagram, lines } from "./figure.js";
import { fitting, measure, START, STATE } from "./state.js";
import { numbers } from "./table.js";
import { button, h } from "../ui/dom.js";
import { heldState } from "../ui/held.js";
import { mounted, sharing } from "../ui/mount.js";
import { announcer, notice } from "../ui/notice.js";
import { plot } from "../ui/plot.js";
import { prediction } from "../ui/predict.js";
import { checkField, selectField } from "../ui/select.js";
import { slider } from "../ui/slider.js";

const VIEW = "sweeps";

function render({ model, el, experimental }) {
  const onPage = !model.widget_manager || Boolean(experimental?.staticPage);
  const data = model.get("data");
  const said = announcer(),
    about = notice();
  let frame = 0;
  const held = heldState({
    model,
    view: VIEW,
    names: STATE,
    measure: measure(data),
    fallback: START,
    about,
    redraw,
    onPage,
    settle: fitting(data),
  });
  const first = held.plain(); // where Reset goes
  const change = (patch) => held.change(patch) && said.say(caption());

  // ------------------------------------------------------------------ controls
  const sweep = selectField(
    "Sweep",
    Object.entries(data.sweeps).map(([name, { title }]) => [name, title]),
    (name) => change({ sweep: name }),
  );
  const metric = selectField(
    "Measure",
    Object.entries(data.metrics).map(([name, { title }]) => [name, title]),
    (name) => change({ metric: name }),
  );
  const seeds = Math.max(...Object.values(data.sweeps)[0].lines[0].seed) + 1;
  const seed = selectField("Pick out", [[-1, "no seed"], ...Array.from({ length: seeds }, (_, i) => [i, `seed ${i}`])], (value) =>
    change({ seed: Number(value) }),
  );
  seed.element.classList.add("td-waits"); // it tells which seed is lucky where
  const length = slider({ label: "n answers in a row", min: 1, max: 8, step: 1, decimals: 0, onInput: (n) => change({ length: n }) });
  const asDiagram = checkField("As a diagram of both", (on) => change({ diagram: on }));
  const reset = button("Reset", () => held.change(first) && said.say("Back to the start."));

  // ------------------------------------------------------------------ the picture
  const title = () => data.metrics[held.state.metric].title.replace(" of n ", ` of ${held.state.length} `);
  const isDiagram = () => held.state.sweep === "phase" && held.state.diagram;
  const runs = () => data.sweeps[held.state.sweep].lines.reduce((sum, line) => sum + line.x.length, 0);
  const caption = () => `${data.sweeps[held.state.sweep].title}: ${title()}. ${runs()} runs, every seed a mark.`;
  const picture = plot({
    model,
    experimental,
    failed: "The numbers are in the table below.",
    figure: (page) => (isDiagram() ? diagram : lines)(data, held.state, title(), page),
  });
  const heading = h("p", { class: "td-heading" }),
    note = h("p", { class: "td-quiet" });
  const table = numbers();

  function redraw() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  }

  function draw() {
    const { state } = held,
      shown = data.sweeps[state.sweep],
      has = metrics_of(shown, data.metrics);
    sweep.control.value = state.sweep;
    for (const option of metric.control.options) option.disabled = option.hidden = !has.includes(option.value);
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
    picture.label(`${caption()} The table below holds the same numbers.`);
    picture.draw();
    table.show(shown, state, caption());
  }

  // ------------------------------------------------------------------ putting it together
  const root = h(
    "section",
    { class: "td td-sweeps", "data-widget": VIEW, "aria-label": "Sweeps" },
    prediction(model.get("prediction"), VIEW),
    h("div", { class: "td-line" }, sweep.element, metric.element, seed.element, asDiagram.element, reset),
    length.element,
    about.element,
    heading,
    picture.element,
    note,
    table.element,
    sharing({ view: VIEW, className: "Sweeps", model, held, onPage, say: said.say }),
    said.element,
  );
  const unmount = mounted({ el, root, held, draw });
  return () => {
    cancelAnimationFrame(frame);
    unmount();
    picture.stop();
  };
}

export default { render };
