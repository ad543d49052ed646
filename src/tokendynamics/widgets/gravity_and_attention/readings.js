// What is read off both laws: the numbers of now, and their table.
import { h } from "../ui/dom.js";
import { fixed, format, moment } from "../ui/numbers.js";
import { output } from "../ui/output.js";
import { gap } from "./differences.js";
import { bySide, near, now, SIDES } from "./sides.js";

const share = (x) => (x < 5e-4 ? format(x) : fixed(x, 3)),
  times = (x) => (Number.isFinite(x) ? `${fixed(x)} ×` : "–"),
  power = (x) => (Number.isFinite(x) ? fixed(x) : "–");

export function readings() {
  const pair = (name, label, print) => bySide((side) => output(`${side}-${name}`, { label: `${side}: ${label}`, print }));
  const time = output("time", { label: "step", print: moment });
  const sum = pair("sum", "length of the sum of all forces over the sum of their lengths", share);
  const momentum = pair("momentum", "change of the momentum since the start");
  const energy = pair("energy", "change of the energy since the start");
  const doubled = pair("doubled", "pull with every other body there twice, over the pull now", times);
  const farther = pair("farther", "pull with all others twice as far, over the pull now", times);
  const order = pair("order", "order in time, measured from rest", power);
  const steps = output("steps-computed", { label: "steps computed so far", print: String });
  return {
    time,
    sum,
    steps,
    table: table({
      "momentum, change": momentum,
      "energy, change": energy,
      "pull, others twice over": doubled,
      "pull, others twice as far": farther,
      "order in time": order,
    }),
    show(state, found) {
      time.show(now({ state, found }));
      for (const side of SIDES) {
        const history = found[side],
          t = near({ state, found }, side);
        sum[side].show(history.sum[t]);
        momentum[side].show(gap(history.momentum, t));
        energy[side].show(history.energy[t] - history.energy[0]);
      }
      steps.show(found.steps);
    },
    /** What is told of the laws apart from their histories. */
    compare(compared) {
      for (const [k, side] of SIDES.entries()) {
        doubled[side].show(compared.doubled[k]);
        farther[side].show(compared.farther[k]);
        order[side].show(compared.order[k]);
      }
    },
  };
}

/** rows: {what it is: {side: its reading}}. */
const table = (rows) =>
  h(
    "table",
    { class: "td-meters-table" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td", {}),
        SIDES.map((side) => h("th", { scope: "col" }, side)),
      ),
    ),
    h(
      "tbody",
      {},
      Object.entries(rows).map(([text, outputs]) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, text),
          SIDES.map((side) => h("td", {}, outputs[side])),
        ),
      ),
    ),
  );
