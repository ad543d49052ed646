// The codes of a vote, typed or pasted, and files that were handed in: counted, told where they are wrong, cleared and brought back.
import { button, h } from "../../src/tokendynamics/widgets/ui/dom.js";
import { decode, readCodes } from "./code.js";

const LARGEST = 30e6; // bytes of a notebook

export class Entry {
  /** @param {import("./store.js").Votes} votes */
  constructor(votes) {
    this.votes = votes;
    this.before = null; // the codes that Clear took
    this.field = h("textarea", { rows: 4, autocomplete: "off", autocapitalize: "characters", spellcheck: false });
    this.said = h("p", { role: "status" });
    this.wrong = h("ul", { class: "td-vote-wrong" });
    this.clear = button("Clear", () => this.empty());
    this.undo = button("Undo", () => this.back());
    const files = h("input", { type: "file", multiple: true, accept: ".ipynb" });
    this.form = h(
      "form",
      { class: "td-vote-codes" },
      h("label", {}, h("span", {}, "Codes, as many as you like"), this.field),
      h("p", { class: "td-vote-line" }, h("button", { type: "submit" }, "Count them"), this.clear, this.undo),
      h("label", {}, h("span", {}, "Files that were handed in: choose them, or drop them here"), files),
      this.said,
      this.wrong,
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.typed();
    });
    files.addEventListener("change", async () => {
      await this.take(files.files);
      files.value = "";
    });
    for (const name of ["dragenter", "dragover", "dragleave", "drop"])
      this.form.addEventListener(name, (event) => this.dragged(/** @type {DragEvent} */ (event)));
  }

  show() {
    this.clear.disabled = !this.votes.state.codes.length;
    this.undo.hidden = !this.before;
  }

  tell(words, lines = []) {
    this.said.textContent = words;
    this.wrong.replaceChildren(...lines.map(({ text, why }) => h("li", {}, h("bdi", {}, `“${text}”`), `: ${why}.`)));
    this.field.toggleAttribute("aria-invalid", lines.length > 0);
  }

  empty() {
    this.before = this.votes.state.codes;
    this.votes.change({ codes: [], shown: false });
    this.tell("All codes are gone. Undo brings them back.");
    this.undo.focus();
  }

  back() {
    const codes = [...new Set([...this.before, ...this.votes.state.codes])];
    this.before = null;
    this.votes.change({ codes });
    this.tell("They are back.");
    this.clear.focus();
  }

  /** Count what was found, and go where it was asked, if nothing was counted there yet. */
  add({ codes, wrong }) {
    const { state, questions } = this.votes;
    const known = new Set(state.codes);
    const fresh = [...new Map(codes.map((each) => [each.code, each])).values()].filter(({ code }) => !known.has(code));
    const more = { codes: [...state.codes, ...fresh.map(({ code }) => code)] };
    if (fresh.length) this.before = null;
    if (fresh.length && !this.votes.readers().some(({ chapter }) => chapter === questions[state.at].chapter.chapter))
      this.votes.change({ ...more, at: questions.findIndex(({ chapter }) => chapter.chapter === fresh[0].chapter), shown: false });
    else this.votes.change(more);
    const again = codes.length - fresh.length;
    const parts = [
      `${fresh.length} new ${fresh.length === 1 ? "code" : "codes"}`,
      again ? `${again} that ${again === 1 ? "was" : "were"} there already` : "",
      wrong.length ? `${wrong.length} not counted` : "",
    ];
    this.tell(`${parts.filter(Boolean).join(", ")}.`, wrong);
  }

  typed() {
    const found = readCodes(this.field.value, this.votes.book);
    if (!found.codes.length && !found.wrong.length) return this.tell("There is no code in the field. One looks like 7KQ-2M9-XW4.");
    this.add(found);
    this.field.value = found.wrong.map(({ text }) => text).join("\n");
    this.field.focus();
  }

  async take(files) {
    const found = await Promise.all([...files].map((file) => codeIn(file, this.votes.book)));
    this.add({ codes: found.filter((each) => each.code), wrong: found.filter((each) => !each.code) });
  }

  dragged(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.form.classList.toggle("td-vote-over", event.type === "dragenter" || event.type === "dragover");
    if (event.type === "drop") this.take(event.dataTransfer.files);
  }
}

/** The code that *Hand in* left in a notebook. */
async function codeIn(file, book) {
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
