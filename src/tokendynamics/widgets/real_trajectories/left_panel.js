// What the picture leaves out: how much of the variance its directions hold, and how far its distances can be trusted.
import { reword } from "../ui/dom.js";
import { percent } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { misleads } from "./distances_panel.js";

/** `number(id)` is what a sentence is called. */
export function leftPanel(number) {
  const trust = misleads(number);
  const explained = output("explained-variance", { label: "share of the variance along the directions drawn, all layers", print: percent });
  const byLayer = output("explained-by-layer", { label: "share of this layer's variance along all three directions", print: percent });
  const apart = output("apart-seen", {
    label: "share of the squared distance between the senses that all three directions show",
    print: percent,
  });
  const drawnRow = readout("", explained),
    byLayerRow = readout("of this layer’s variance, all three directions hold", byLayer),
    apartRow = readout("of the squared distance between the two senses (all its sentences), all three show", apart);

  return {
    body: [drawnRow, byLayerRow, apartRow, trust.element],
    /** Gives the agreement by layer, for a chart. */
    show(state, components, layer) {
      const { data, word, basis } = state,
        entry = data.words[word],
        fit = basis === "own" ? entry.own : data.common,
        fitted = basis !== "anchors";
      for (const row of [drawnRow, byLayerRow]) row.hidden = !fitted;
      reword(
        drawnRow.firstChild,
        `of the variance over all layers, the ${components.length === 3 ? "three" : "two"} directions drawn hold`,
      );
      explained.show(components.reduce((sum, k) => sum + fit.each[k - 1], 0));
      byLayer.show(fit.by_layer[layer]);
      apartRow.hidden = !fitted || !entry.apart_seen || entry.senses.length > 2; // of more it says nothing
      if (!apartRow.hidden) apart.show(entry.apart_seen[basis][layer]);
      return trust.show(state, components, layer);
    },
  };
}
