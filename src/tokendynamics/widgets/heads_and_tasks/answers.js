// The four tasks' answers with their confidence, beside what the model as it was learned says; and how often each is right.
import { h, reword } from "../ui/dom.js";
import { output } from "../ui/output.js";
import { largest } from "./engine.js";

const MOST = 4; // answers listed for a task
const percent = (p) => `${(100 * p).toFixed(0)} %`;

/** tasks: {task: names of its classes}; scored: on how many held-out sentences. */
export function answerCards(tasks, scored) {
  const cards = Object.fromEntries(Object.entries(tasks).map(([task, names]) => [task, card(task, names)]));

  function card(task, names) {
    const title = h("h3", {});
    const answer = output(`${task}-answer`, { label: `answer of the task ${task}`, print: String });
    const sure = output(`${task}-confidence`, { label: `confidence of the task ${task}`, print: percent });
    // the next word is often open, and no share of right answers says much about it
    const right =
      task === "next" ? null : output(`${task}-accuracy`, { label: `held-out answers right for the task ${task}`, print: percent });
    const rows = Array.from({ length: Math.min(MOST, names.length) }, () => {
      const name = h("span", { class: "td-choice" }),
        bar = h("span", { class: "td-bar" }),
        tick = h("span", { class: "td-tick" });
      const part = h("span", { class: "td-part" });
      return { name, bar, tick, part, element: h("li", {}, name, h("span", { class: "td-track" }, bar, tick), part) };
    });
    const element = h(
      "div",
      { class: "td-card", "data-task": task },
      title,
      h("p", { class: "td-answer" }, answer, " ", sure),
      h(
        "ul",
        { class: "td-choices-of", "aria-hidden": "true" },
        rows.map((row) => row.element),
      ),
      right && h("p", { class: "td-right" }, `right in ${scored} held-out sentences: `, right),
    );
    return { title, answer, sure, right, rows, element, names };
  }

  // on a phone the cards are out of sight while heads are switched: a line that stays in view says the same
  const short = Object.fromEntries(Object.keys(tasks).map((task) => [task, h("span", {})]));
  return {
    line: h("div", { class: "td-now", "aria-hidden": "true" }, Object.values(short)),
    element: h(
      "div",
      { class: "td-cards", role: "group", "aria-label": "Answers of the four tasks" },
      Object.values(cards).map((each) => each.element),
    ),
    /** now, learned: {task: probabilities}; titles: {task: text}. */
    show(now, learned, titles) {
      for (const [task, { title, answer, sure, rows, element, names }] of Object.entries(cards)) {
        const best = largest(now[task]);
        reword(title, titles[task]);
        answer.show(names[best]);
        sure.show(now[task][best]);
        const changed = largest(learned[task]) !== best;
        element.classList.toggle("td-changed", changed);
        short[task].classList.toggle("td-changed", changed);
        reword(short[task], `${names[best]} ${percent(now[task][best])}`);
        const order =
          names.length <= MOST
            ? names.map((_, i) => i)
            : now[task]
                .map((p, i) => [p, i])
                .sort((a, b) => b[0] - a[0])
                .slice(0, MOST)
                .map(([, i]) => i);
        rows.forEach(({ name, bar, tick, part }, r) => {
          reword(name, names[order[r]]);
          name.classList.toggle("td-best", order[r] === best);
          bar.style.width = `${100 * now[task][order[r]]}%`;
          tick.style.left = `${100 * learned[task][order[r]]}%`;
          reword(part, percent(now[task][order[r]]));
        });
      }
    },
    /** accuracy: {task: number}. */
    score(accuracy) {
      for (const [task, { right }] of Object.entries(cards)) right?.show(accuracy[task]);
    },
  };
}
