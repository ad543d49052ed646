// The four tasks' answers with their confidence, in a row and on cards, beside what the model as it was learned says.
import { h, reword } from "../ui/dom.js";
import { output } from "../ui/output.js";
import { largest } from "./engine.js";
import { SHORT } from "./table.js";

const MOST = 4; // answers listed for a task
const percent = (p) => `${(100 * p).toFixed(0)} %`;

/** The four answers in a row, which stays in sight: {element, show(now, learned)}. */
export function answerRow(tasks) {
  const cells = Object.entries(tasks).map(([task, names]) => {
    const answer = output(`${task}-answer`, { label: `answer of the task ${task}`, print: String });
    const sure = output(`${task}-confidence`, { label: `confidence of the task ${task}`, print: percent });
    return { task, names, answer, sure, element: h("div", { class: "td-said" }, answer, h("span", {}, SHORT[task] ?? task, " ", sure)) };
  });
  return {
    element: h(
      "div",
      { class: "td-now", role: "group", "aria-label": "Answers of the four tasks" },
      cells.map(({ element }) => element),
    ),
    /** now, learned: {task: probabilities}. */
    show(now, learned) {
      for (const { task, names, answer, sure, element } of cells) {
        const best = largest(now[task]);
        answer.show(names[best]);
        sure.show(now[task][best]);
        element.classList.toggle("td-changed", largest(learned[task]) !== best);
      }
    },
  };
}

/** A card a task: what is asked, what else could be answered, and how often it is right. tasks: {task: names of its classes}; scored: on how many held-out sentences. */
export function answerCards(tasks, scored) {
  const cards = Object.fromEntries(Object.entries(tasks).map(([task, names]) => [task, card(task, names, scored)]));
  return {
    element: h(
      "div",
      { class: "td-cards" },
      Object.values(cards).map((each) => each.element),
    ),
    /** now, learned: {task: probabilities}; titles: {task: text}. */
    show(now, learned, titles) {
      for (const [task, each] of Object.entries(cards)) showCard(each, now[task], learned[task], titles[task]);
    },
    /** accuracy: {task: number}. */
    score(accuracy) {
      for (const [task, { right }] of Object.entries(cards)) right?.show(accuracy[task]);
    },
  };
}

function card(task, names, scored) {
  const title = h("h3", {}),
    answer = h("p", { class: "td-answer" });
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
    answer,
    h(
      "ul",
      { class: "td-choices-of", "aria-hidden": "true" },
      rows.map((row) => row.element),
    ),
    right && h("p", { class: "td-right" }, `right in ${scored} held-out sentences: `, right),
  );
  return { title, answer, right, rows, element, names };
}

function showCard({ title, answer, rows, element, names }, now, learned, asked) {
  const best = largest(now);
  reword(title, asked);
  reword(answer, names[best]);
  element.classList.toggle("td-changed", largest(learned) !== best);
  const all = now.map((p, i) => [p, i]);
  const listed = names.length <= MOST ? all : all.sort((a, b) => b[0] - a[0]);
  rows.forEach(({ name, bar, tick, part }, r) => {
    const [p, i] = listed[r];
    reword(name, names[i]);
    name.classList.toggle("td-best", i === best);
    bar.style.width = `${100 * p}%`;
    tick.style.left = `${100 * learned[i]}%`;
    reword(part, percent(p));
  });
}
