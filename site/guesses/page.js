// The page on which a class's guesses are counted (back/guesses.md): codes that are typed or pasted, and files that were handed in, become bars.
// What was counted is kept in this browser. A second window, for the projector, shows the same without the codes; each follows the other.
import { h } from "../../src/tokendynamics/widgets/ui/dom.js";
import { run } from "../../src/tokendynamics/widgets/ui/late.js";
import { decode, readCodes } from "./code.js";
import style from "./page.css";
import { count, readers } from "./votes.js";

const KEPT = "tokens-in-motion/votes/v1";
const LOST = "A file of this page did not come. Look whether there is a connection, and reload the page.";
const LARGEST = 30e6; // bytes of a notebook
const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
const PROJECTOR = new URLSearchParams(location.search).has("projector");

/** What both windows show: the codes, the number of the question among all, whether its answer is shown. */
let state = { codes: [], at: 0, shown: false };
let before = null; // the codes that Clear took

function start(place, book) {
  const questions = book.flatMap((chapter) => chapter.questions.map((question, i) => ({ chapter, question, i })));
  const channel = new BroadcastChannel(KEPT);

  // ---------------------------------------------------------------- what both windows know
  /** A state that somebody kept or sent, as far as it is one. */
  function adopt(given) {
    const codes = Array.isArray(given?.codes) ? given.codes.filter((code) => typeof code === "string" && decode(code, book).code) : [];
    const at = Number.isInteger(given?.at) && questions[given.at] ? given.at : 0;
    state = { codes: [...new Set(codes)], at, shown: given?.shown === true };
    show();
  }
  function change(more) {
    state = { ...state, ...more };
    try {
      localStorage.setItem(KEPT, JSON.stringify(state));
    } catch {
      // it lasts as long as the page
    }
    channel.postMessage(state);
    show();
  }
  function kept() {
    try {
      return JSON.parse(localStorage.getItem(KEPT) ?? "null");
    } catch {
      return null;
    }
  }
  channel.addEventListener("message", ({ data }) => (data === "hello" ? channel.postMessage(state) : adopt(data)));
  addEventListener("storage", ({ key }) => (key === KEPT || key === null) && adopt(kept())); // from a folder the channel may be closed

  // ---------------------------------------------------------------- codes and files
  const field = h("textarea", { rows: 4, autocomplete: "off", autocapitalize: "characters", spellcheck: false });
  const files = h("input", { type: "file", multiple: true, accept: ".ipynb" });
  const said = h("p", { role: "status" });
  const wrong = h("ul", { class: "td-vote-wrong" });
  const button = (text, onclick, more = {}) => h("button", { type: "button", onclick, ...more }, text);
  const clear = button("Clear", () => {
    before = state.codes;
    change({ codes: [], shown: false });
    tell("All codes are gone. Undo brings them back.", []);
    undo.focus();
  });
  const undo = button("Undo", () => {
    change({ codes: [...new Set([...before, ...state.codes])] });
    before = null;
    show();
    tell("They are back.", []);
    clear.focus();
  });
  const form = h(
    "form",
    { class: "td-vote-codes" },
    h("label", {}, h("span", {}, "Codes, as many as you like"), field),
    h("p", { class: "td-vote-line" }, h("button", { type: "submit" }, "Count them"), clear, undo),
    h("label", {}, h("span", {}, "Files that were handed in: choose them, or drop them here"), files),
    said,
    wrong,
  );

  function tell(words, lines) {
    said.textContent = words;
    wrong.replaceChildren(...lines.map(({ text, why }) => h("li", {}, h("bdi", {}, `“${text}”`), `: ${why}.`)));
    field.toggleAttribute("aria-invalid", lines.length > 0);
  }
  /** Count what was found, and go where it was asked, if nothing was counted there yet. */
  function add({ codes, wrong: lines }) {
    const known = new Set(state.codes);
    const fresh = [...new Map(codes.map((each) => [each.code, each])).values()].filter(({ code }) => !known.has(code));
    const more = { codes: [...state.codes, ...fresh.map(({ code }) => code)] };
    if (fresh.length) before = null;
    if (fresh.length && !all().some(({ chapter }) => chapter === questions[state.at].chapter.chapter))
      change({ ...more, at: questions.findIndex(({ chapter }) => chapter.chapter === fresh[0].chapter), shown: false });
    else change(more);
    const again = codes.length - fresh.length;
    const parts = [
      `${fresh.length} new ${fresh.length === 1 ? "code" : "codes"}`,
      again ? `${again} that ${again === 1 ? "was" : "were"} there already` : "",
      lines.length ? `${lines.length} not counted` : "",
    ];
    tell(`${parts.filter(Boolean).join(", ")}.`, lines);
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const found = readCodes(field.value, book);
    if (!found.codes.length && !found.wrong.length) return tell("There is no code in the field. One looks like 7KQ-2M9-XW4.", []);
    add(found);
    field.value = found.wrong.map(({ text }) => text).join("\n");
    field.focus();
  });

  /** The code that *Hand in* left in a notebook. */
  async function codeIn(file) {
    try {
      if (file.size > LARGEST) throw new Error();
      const { guesses } = JSON.parse(await file.text()).metadata.tokens_in_motion ?? {};
      if (typeof guesses !== "string") return { text: file.name, why: "it holds no guesses" };
      const found = decode(guesses, book);
      return found.code ? found : { text: file.name, why: found.why };
    } catch {
      return { text: file.name, why: "it cannot be read as a notebook" };
    }
  }
  async function take(given) {
    const found = await Promise.all([...given].map(codeIn));
    add({ codes: found.filter((each) => each.code), wrong: found.filter((each) => !each.code) });
  }
  files.addEventListener("change", async () => {
    await take(files.files);
    files.value = "";
  });
  for (const name of ["dragenter", "dragover", "dragleave", "drop"])
    form.addEventListener(name, (event) => {
      if (!(/** @type {DragEvent} */ (event).dataTransfer.types.includes("Files"))) return;
      event.preventDefault();
      form.classList.toggle("td-vote-over", name === "dragenter" || name === "dragover");
      if (name === "drop") take(/** @type {DragEvent} */ (event).dataTransfer.files);
    });

  // ---------------------------------------------------------------- the question and its bars
  const all = () => readers(state.codes.map((code) => decode(code, book)));
  const options = questions.map((_, i) => h("option", { value: i }));
  const choose = h("select", { autocomplete: "off", onchange: () => change({ at: Number(choose.value), shown: false }) }, options);
  const step = (by) => change({ at: state.at + by, shown: false });
  const previous = button("Previous", () => step(-1));
  const next = button("Next", () => step(1));
  const answer = button("", () => change({ shown: !state.shown }));
  const projector = button("Open for the projector", () => open("?projector", "td-projector", "popup,width=1280,height=800"));
  const words = h("h2", { class: "td-vote-question" });
  const total = h("p", { class: "td-vote-total", role: "status" });
  const bars = h("ol", { class: "td-vote-bars" });
  const why = h("div", { class: "td-vote-why", role: "status" });

  function show() {
    const voters = all();
    const { chapter, question, i } = questions[state.at];
    const votes = count(voters, chapter, i);
    const sum = votes.reduce((one, other) => one + other, 0);
    for (const [k, option] of options.entries()) {
      const asked = questions[k];
      const given = count(voters, asked.chapter, asked.i).reduce((one, other) => one + other, 0);
      option.textContent = `Chapter ${asked.chapter.chapter}, question ${asked.i + 1} (${given})`;
    }
    choose.value = String(state.at);
    previous.disabled = state.at === 0;
    next.disabled = state.at === questions.length - 1;
    answer.textContent = state.shown ? "Hide the answer" : "Show the answer";
    clear.disabled = !state.codes.length;
    undo.hidden = !before;
    words.textContent = question.question;
    total.textContent = sum ? `${sum} ${sum === 1 ? "guess" : "guesses"}.` : "No guess is counted yet.";
    bars.replaceChildren(...question.choices.map((choice, k) => bar(question, choice, k, votes[k], sum)));
    const tempts = question.because == null ? [] : [h("p", {}, `The answer that tempts: ${question.because}`)];
    why.replaceChildren(...(state.shown ? [h("p", {}, question.explanation), ...tempts] : []));
  }
  function bar(question, choice, k, votes, sum) {
    const share = sum ? votes / sum : 0;
    const kind = state.shown && (k === question.answer ? "right" : question.because != null && k === question.tempting ? "tempts" : null);
    const marks = { right: "✓ what happens", tempts: "the answer that tempts" };
    const fill = h("span", { class: "td-vote-fill" });
    fill.style.inlineSize = `${100 * share}%`;
    return h(
      "li",
      { "data-kind": kind || "" },
      h("span", { class: "td-vote-choice" }, choice, kind ? h("strong", {}, ` · ${marks[kind]}`) : null),
      h("span", { class: "td-vote-number" }, `${votes}${sum ? ` · ${Math.round(100 * share)} %` : ""}`),
      h("span", { class: "td-vote-bar", "aria-hidden": "true" }, fill),
    );
  }

  const stage = h(
    "div",
    { class: "td-vote-stage" },
    h(
      "div",
      { class: "td-vote-line" },
      h("label", {}, h("span", {}, "Question"), choose),
      previous,
      next,
      answer,
      PROJECTOR ? null : projector,
    ),
    words,
    total,
    bars,
    why,
  );
  place.replaceChildren(...(PROJECTOR ? [stage] : [form, stage]));
  document.documentElement.toggleAttribute("data-projector", PROJECTOR);
  adopt(kept());
  channel.postMessage("hello");
}

const place = /** @type {HTMLElement | null} */ (document.querySelector(".td-vote"));
if (place) {
  document.head.append(h("style", {}, style));
  run(new URL(place.dataset.guesses, here).href, LOST)
    .then(() => start(place, window.tdGuesses))
    .catch((error) => (place.textContent = error.message));
}
