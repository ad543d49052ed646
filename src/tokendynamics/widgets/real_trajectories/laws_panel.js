// The laws of Chapters 1 to 4 on the reader's own sentences, layer by layer, beside the book's 80 sentences and arrows in random directions.
import { h, reword } from "../ui/dom.js";
import { fixed } from "../ui/numbers.js";
import { output, readout } from "../ui/output.js";
import { table } from "../ui/save/rows.js";
import { selectField } from "../ui/select.js";
import { lineChart } from "./lines.js";

const LAWS = {
  cosine: ["Is the motion along the force?", "cosine of V T a and ∇φ, mean over heads and tokens"],
  uphill: ["Does it set off uphill?", "share of tokens whose motion and force point less than 90° apart"],
  rises: ["Does the potential rise?", "by how much a token’s own φ rises by the motion, keys held"],
  third_law: ["Do updates cancel?", "length of their sum over the sum of their lengths; 0 if action is reaction"],
  step: ["How far does a head move a token?", "length of V T a, in lengths of the token, mean over heads and tokens"],
  crowd: ["Do the tokens gather?", "mean cosine of two tokens of a sentence"],
  rank: ["How many directions do they use?", "effective rank of a sentence’s tokens"],
};

const ofStates = (name) => name === "crowd" || name === "rank";
const hasArrows = (name) => !ofStates(name) && name !== "step"; // arrows in random directions are as long

/** `averages` are the book's, {law: {book, sd, random_weights}}. */
export function laws({ averages, redraw }) {
  const chart = lineChart({ onResize: redraw });
  const which = selectField(
    "Question",
    Object.entries(LAWS).map(([name, [question]]) => [name, question]),
    redraw,
  );
  const numbers = readouts(averages);
  let last = null; // the answer that is drawn
  return {
    /** The same for a table: whole layers are counted from 0, a layer's heads from 1. */
    rows() {
      const name = which.control.value,
        counted = Array.from({ length: 7 }, (_, t) => t + (ofStates(name) ? 0 : 1));
      return linesOf(name, averages, last).flatMap(([line, values]) => table(`law: ${LAWS[name][1]}`, line, values, { rows: counted }));
    },
    body: [which.element, numbers.meant, chart.element, numbers.body],
    stop: chart.stop,
    /** `layer` is the whole layer on view; a law of a layer's heads is of the layer that made the states. */
    draw(answer, layer, open) {
      last = answer;
      const name = which.control.value,
        at = ofStates(name) ? layer : Math.max(1, layer) - 1;
      numbers.show(name, answer, at);
      if (!open) return;
      const series = linesOf(name, averages, answer);
      const values = series.flatMap(([, list]) => list);
      chart.draw({
        label: LAWS[name][0],
        low: Math.min(0, ...values),
        high: Math.max(...values),
        series: series.map(([name_, list, kind]) => ({ name: name_, values: list, kind })),
        last: ofStates(name) ? 6 : 5,
        current: ofStates(name) ? layer : at,
        from: ofStates(name) ? 0 : 1,
      });
    },
  };
}

/** The lines of a law: [name, values by layer, how it is drawn]. */
function linesOf(law, averages, answer) {
  const { book, random_weights: weights } = averages[law] ?? {},
    { yours, random } = answer?.laws?.[law] ?? {};
  const all = [
    ["yours", yours, "main"],
    ["the book’s 80", book, "second"],
    ["random arrows", hasArrows(law) ? random : null, "control"],
    ["shuffled model", weights, "control td-dotted"],
  ];
  return all.filter(([, list]) => list);
}

/** What is measured, and its numbers at one layer. */
function readouts(averages) {
  const meant = h("p", { class: "td-quiet" }),
    note = h("p", { class: "td-quiet" });
  const out = Object.fromEntries(
    ["yours", "book", "random", "weights"].map((name) => [name, output(`law-${name}`, { print: (x) => fixed(x) })]),
  );
  const arrows = readout("in yours, arrows as long in random directions", out.random);
  return {
    meant,
    body: [
      readout("in your sentences", out.yours),
      readout("in the book’s 80, mean", out.book),
      arrows,
      readout("in the book’s, matrices shuffled", out.weights),
      note,
    ],
    show(law, answer, at) {
      const { book, sd, random_weights: weights } = averages[law] ?? {};
      const { yours, random } = answer?.laws?.[law] ?? {};
      reword(meant, LAWS[law][1]);
      out.yours.show(yours?.[at] ?? undefined);
      out.book.show(book?.[at] ?? undefined);
      out.random.show(random?.[at] ?? undefined);
      out.weights.show(weights?.[at] ?? undefined);
      arrows.hidden = !hasArrows(law);
      reword(
        note,
        answer
          ? `Over the book’s sentences the numbers scatter by ${sd ? fixed(sd[at]) : "–"} (standard deviation) here.`
          : "Under Yours, sentences of your own lay their line beside these.",
      );
    },
  };
}
