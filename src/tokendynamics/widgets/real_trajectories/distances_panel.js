// How far the picture can be trusted: what looks near beside what is near in all of the model's numbers.

import { h, reword } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { fixed } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { distances, nearest, rank_agreement } from "./distances.js";

const misleading = (pair, place, count, nearest) =>
  `The picture misleads: ${pair} look nearest, and are number ${place} of ${count} in all 384 numbers. There ${nearest} are nearest.`;
const LONGEST = misleading("6 and 6", 15, 15, "6 and 6"); // keeps the room, so that nothing below jumps as the warning comes and goes

const agreements = ({ screen, full }) => screen.map((row, t) => rank_agreement(row, full[t]));

/** The agreement by layer; none in data that were made before there were distances. */
export function agreementOf({ data, word, shown, basis }, components) {
  return data.words[word].distances ? agreements(distances(data, word, shown, basis, components)) : [];
}

/** `number(id)` is what a sentence is called. `show` gives the agreement by layer, for a chart. */
export function misleads(number) {
  const three = (x) => (Number.isFinite(x) ? fixed(x, 3) : "–");
  const out = {
    agreement: output("rank-agreement", { label: "rank correlation of the distances on screen with those in all numbers", print: three }),
    screen: output("nearest-screen", { label: "distance on screen of the nearest pair", print: (x) => fixed(x) }),
    full: output("nearest-full", { label: "the same pair's distance in all numbers", print: (x) => fixed(x) }),
  };
  const who = h("span", {}),
    warning = notice();
  const pairRows = h("div", {}, h("div", { class: "td-row" }, who, out.screen), readout("their distance in all 384 numbers", out.full));
  const element = h(
    "div",
    {},
    readout("rank correlation of the word’s distances, on screen and in all 384", out.agreement),
    pairRows,
    h("div", { class: "td-roomy" }, h("p", { class: "td-room", "aria-hidden": "true" }, LONGEST), warning.element),
  );
  const named = ([i, j]) => `${number(i)} and ${number(j)}`;

  return {
    element,
    show({ data, word, shown, basis }, components, layer) {
      element.hidden = !data.words[word].distances; // data made before there were any
      if (element.hidden) return null;
      const apart = distances(data, word, shown, basis, components);
      const { pairs, screen, full } = apart,
        agreement = agreements(apart),
        near = nearest(pairs, screen[layer], full[layer]);
      out.agreement.show(agreement[layer]);
      pairRows.hidden = !near;
      if (!near) warning.clear();
      else {
        reword(who, `nearest on screen: ${named(near.pair)}, at`);
        out.screen.show(near.screen);
        out.full.show(near.full);
        if (near.place > 1) {
          warning.say(misleading(named(near.pair), near.place, near.count, named(near.nearest)));
        } else if (agreement[layer] < 0.5) {
          warning.say(
            `The nearest pair is the right one, but the picture’s other distances say little: their ranks agree by ${fixed(agreement[layer])}.`,
          );
        } else warning.clear();
      }
      return agreement;
    },
  };
}
