// The fields in which an exercise is answered where it stands, with no Python (site/book_exercises.py writes them). The judge and its rules
// come at the first check, from files beside this script; answers and tries stay in the reader's browser.
import { h } from "../../src/tokendynamics/widgets/ui/dom.js";
import { once, run } from "../../src/tokendynamics/widgets/ui/late.js";
import { watchGuesses } from "../guesses/reader.js";
import { handIn } from "./hand_in.js";
import { keep, recall } from "./kept.js";

const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
const LOST = "A file of this page did not come, so nothing was checked. Look whether there is a connection, and check again.";

/** {verdict, encode, unpack} of judge.js, and {sayings, exercises} as the build wrote them; `files` are their addresses. */
const judge = once(async (files) => {
  await Promise.all(files.split(" ").map((name) => run(new URL(name, here).href, LOST)));
  return { ...window.tdJudge, ...JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(window.tdRules), (c) => c.charCodeAt(0)))) };
});

/** What a judge of the little transformer's states needs: the page's own model. */
const model = once(async (unpack) => {
  const found = await window.tdHost?.stateOf("heads_and_tasks");
  if (!found) throw new Error("The widget of this exercise is not on the page, so nothing was checked.");
  return { model: found.model, parameters: unpack(found.model.weights) };
});

/** The texts in the fields of an exercise: of boxes those that are ticked. */
function textsIn(fields) {
  const boxes = fields[0].type === "checkbox";
  return {
    read: () => fields.filter((field) => !boxes || field.checked).map((field) => field.value),
    write(texts) {
      for (const [i, field] of fields.entries()) {
        if (boxes) field.checked = texts.includes(field.value);
        else field.value = texts[i] ?? "";
      }
    },
  };
}

/** The state of a widget of the page that is there, where it is. */
function stateOf(view) {
  const roots = [...document.querySelectorAll(`[data-widget="${view}"][data-ready]`)];
  return roots.map((root) => /** @type {any} */ (root).widgetState?.()).find(Boolean);
}

const marked = (words) => words.split(/\*(\S(?:[^*]*\S)?)\*/).map((part, i) => (i % 2 ? h("em", {}, part) : part));

/** The finding stands out, as in a notebook (tokendynamics/exercises/_verdict.py). */
function finding({ right, answered, words, misconception }) {
  const [first] = (misconception ? /^.*?\*[^*]+\*\./ : /^.*?\.(?= |$)/).exec(words) ?? [words];
  const parts = [h("strong", {}, marked(first)), marked(words.slice(first.length))];
  return h("div", { class: "td-answer", "data-verdict": right ? "right" : answered ? "wrong" : "open" }, h("p", {}, parts));
}

function start(place) {
  const { answers: number, judge: files } = place.dataset,
    form = place.querySelector("form");
  const said = place.querySelector(".td-exercise-said"),
    tried = place.querySelector(".td-exercise-tried");
  const fields = [...form.querySelectorAll("input, select")];
  const texts = textsIn(fields);
  let { answer, tries, right } = recall(number);

  function count(forgets) {
    const last = right ? "The last one was right." : "The last one was not right yet.";
    const lasts = forgets ? " This browser keeps nothing for the page: the answer lasts until you leave." : "";
    tried.textContent = tries ? `Checked ${tries === 1 ? "once" : `${tries} times`}. ${last} The last check counts.${lasts}` : "";
  }

  async function check() {
    answer = texts.read();
    const { verdict, unpack, sayings, exercises } = await judge(files);
    const exercise = exercises[number];
    const found = verdict(exercise, sayings, answer, exercise.rules.find === "exception" ? await model(unpack) : null);
    tries += found.answered ? 1 : 0;
    right = found.right;
    said.replaceChildren(finding(found));
    count(!keep(number, { answer, tries, right }));
    if (found.answered) document.dispatchEvent(new CustomEvent("td-answered", { detail: { number, answer, right } })); // for scorm/scorm.js
    if (!found.answered) fields.find((field) => !field.value)?.focus();
  }

  async function take(view) {
    const { encode, exercises } = await judge(files);
    const state = stateOf(view);
    if (state) fields[0].value = `#${view}=${encode(state, exercises[number].rules.starts)}`;
    said.textContent = state
      ? "The state is in the field. Now check it."
      : "The widget is not there yet. Reach it first, or copy its link.";
  }

  const trying = (work) => work.catch((error) => (said.textContent = error.message));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trying(check());
  });
  form.querySelector("[data-do=take]")?.addEventListener("click", ({ currentTarget }) => trying(take(currentTarget.dataset.view)));
  texts.write(answer);
  count(false);
}

for (const place of document.querySelectorAll(".td-exercise")) start(place);

const place = /** @type {HTMLElement | null} */ (document.querySelector(".td-hand-in"));
if (place) handIn(here, watchGuesses(place.dataset.guesses, place.dataset.qr, here));
