// What is read off a journey: the numbers at the layer of now, and their rows by layer.
import { h } from "../ui/dom.js";
import { meterRows } from "../ui/meters.js";
import { fixed, moment } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";

export const last = (found) => found.states.length - 1;
export const now = (store) => Math.min(store.state.layer, last(store.found)); // tokens that ran away have fewer layers than were asked for
export const near = (store) => Math.round(now(store));

export function readings() {
  const read = {
    layer: output("layer", { label: "layer", print: moment }),
    energy: output("energy", { label: "energy, the logarithm of half the sum of all Z", print: (x) => fixed(x, 3) }),
    clusters: output("clusters", { label: "number of clusters" }),
    rank: output("effective-rank", { label: "effective rank", print: (x) => fixed(x, 3) }),
    steps: output("steps-computed", { label: "steps computed so far", print: String }),
  };
  return {
    ...read,
    show(state, found) {
      const layer = near({ state, found });
      read.layer.show(now({ state, found }));
      for (const name of ["energy", "clusters", "rank"]) read[name].show(found[name][layer]);
      read.steps.show(found.steps);
    },
  };
}

/** The panel of the rows; `onScrub(layer)` hears where in them is pressed. */
export function metersPanel({ read, onScrub, onResize }) {
  const meters = meterRows({ label: "Energy, clusters and effective rank by layer.", onScrub, onResize });
  const ownEnergy = h("p", {}, "The energy at a layer is that of its own Q and K.");
  let rowsOf = null,
    rows = [];
  return {
    title: "Meters",
    body: [
      meters.element,
      readout("energy ln E, E = ½ Σ Zᵢ", read.energy),
      ownEnergy,
      readout("steps computed; scrubbing adds none", read.steps),
      h("p", { class: "td-small" }, "Clusters are chains of tokens within 5.7° of the next."),
    ],
    draw(state, found) {
      if (rowsOf !== found) {
        rowsOf = found;
        rows = readOff(found);
      }
      meters.draw(rows, last(found), now({ state, found }), "layer");
      ownEnergy.hidden = state.weights === "shared";
    },
    stop: meters.stop,
  };
}

/** What the meters show of a journey. */
export const readOff = ({ states, energy, clusters, rank }) =>
  Object.entries({ "energy ln E": [energy], clusters: [clusters, 1], "effective rank": [rank, 1, states[0][0].length] }).map(
    ([name, [values, low, high]]) => ({ name, low, high, series: [{ name: "", kind: "main", values }] }),
  );
