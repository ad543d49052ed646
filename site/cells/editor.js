// The editor of a cell: CodeMirror, as one file that is loaded at the first Edit. Its colours are those of the page's code, by the same classes.
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  completionStatus,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { python, pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, hoverTooltip, keymap, showTooltip } from "@codemirror/view";
import { highlightCode, tagHighlighter, tags } from "@lezer/highlight";
import { h, uid } from "../../src/tokendynamics/widgets/ui/dom.js";

const HINT = "Esc leaves the editor. Tab indents; Ctrl+Space completes a name, Ctrl+I explains it; Ctrl+Enter runs the cell.";

// Pygments' names, which the page's style sheet knows
const CLASSES = tagHighlighter([
  { tag: tags.keyword, class: "k" },
  { tag: [tags.moduleKeyword], class: "kn" },
  { tag: [tags.operatorKeyword], class: "ow" },
  { tag: [tags.bool, tags.null, tags.self], class: "kc" },
  { tag: tags.number, class: "mi" },
  { tag: [tags.string, tags.special(tags.string)], class: "s2" },
  { tag: tags.escape, class: "se" },
  { tag: tags.comment, class: "c1" },
  {
    tag: [tags.operator, tags.arithmeticOperator, tags.compareOperator, tags.logicOperator, tags.bitwiseOperator, tags.updateOperator],
    class: "o",
  },
  { tag: [tags.function(tags.definition(tags.variableName))], class: "nf" },
  { tag: [tags.definition(tags.className)], class: "nc" },
  { tag: tags.meta, class: "nd" },
  { tag: [tags.variableName, tags.propertyName], class: "n" },
  { tag: [tags.punctuation, tags.bracket, tags.separator], class: "p" },
]);

/** Code as the page shows it, in its colours. */
export function coloured(code) {
  const made = document.createDocumentFragment();
  const put = (text, names) => made.append(names ? h("span", { class: names }, text) : text);
  highlightCode(code, pythonLanguage.parser.parse(code), CLASSES, put, () => made.append("\n"));
  return made;
}

const LOOK = EditorView.theme({
  "&": { backgroundColor: "var(--td-soft)", color: "inherit", borderRadius: "6px", fontSize: "0.84em" },
  "&.cm-focused": { outline: "3px solid var(--td-query)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--pst-font-family-monospace)", lineHeight: "1.5" },
  ".cm-content": { padding: "0.8rem 0", caretColor: "var(--td-ink)" },
  ".cm-line": { padding: "0 1rem" },
  ".cm-tooltip": {
    backgroundColor: "var(--td-page)",
    color: "var(--td-ink)",
    border: "1px solid var(--td-quiet)",
    borderRadius: "4px",
    zIndex: 20,
    fontFamily: "var(--pst-font-family-monospace)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxWidth: "min(90vw, 30rem)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--td-ink)", color: "var(--td-page)" },
  ".cm-matchingBracket.cm-matchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--td-quiet)" },
});

const wrong = StateEffect.define();
const wrongLine = StateField.define({
  create: () => Decoration.none,
  update(marks, { effects, changes, state }) {
    marks = marks.map(changes);
    for (const effect of effects) {
      if (!effect.is(wrong)) continue;
      const { value } = effect;
      marks = value && value <= state.doc.lines ? Decoration.set([WRONG.range(state.doc.line(value).from)]) : Decoration.none;
    }
    return marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});
const WRONG = Decoration.line({ class: "tc-wrong-line" });

/**
 * An editor in `place`, below what stands there; `hole` is a text that stands for what is to be written, and is selected. `changed()` follows each change, `leave()` is for Escape; `complete` and `inspect` are those of
 * the contract with Python, and give null where it is not there.
 */
export function openEditor({ place, code, label, hole, changed, leave, complete, inspect }) {
  const id = uid("hint");
  const hint = h("p", { class: "tc-editor-hint", id }, HINT);
  const box = h("div", { class: "tc-editor" });
  place.append(box, hint);
  const at = hole ? code.indexOf(hole) : -1;
  const view = new EditorView({
    parent: box,
    state: EditorState.create({
      doc: code,
      selection: at < 0 ? undefined : { anchor: at, head: at + hole.length },
      extensions: extensions({ label, hint: id, changed, leave, complete, inspect }),
    }),
  });
  view.focus();
  return {
    code: () => view.state.doc.toString(),
    take: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    settle: () => closeCompletion(view), // names that are offered do not lie over what comes
    mark: (line) => view.dispatch({ effects: wrong.of(line ?? null) }),
    close() {
      view.destroy();
      box.remove();
      hint.remove();
    },
  };
}

/** What makes it an editor of Python; `hint` is the id of what describes it. */
function extensions({ label, hint, changed, leave, complete, inspect }) {
  const explained = explaining(inspect);
  return [
    Prec.high(keymap.of(ownKeys(explained, leave))),
    history(),
    indentUnit.of("    "),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false, defaultKeymap: false }),
    python(),
    pythonLanguage.data.of({ autocomplete: completing(complete) }),
    syntaxHighlighting(CLASSES),
    wrongLine,
    explained.extension,
    LOOK,
    EditorView.contentAttributes.of({
      "aria-label": label,
      tabindex: "0",
      "aria-describedby": hint,
      autocapitalize: "off",
      spellcheck: "false",
    }),
    EditorView.updateListener.of(({ docChanged }) => docChanged && changed()),
    keymap.of([
      { key: "Tab", run: (target) => acceptCompletion(target) || indentMore(target), shift: indentLess },
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
  ];
}

function ownKeys(explained, leave) {
  /** Escape puts away what is open, and leaves where nothing is: names that are still looked for do not take it. */
  const away = (target) => {
    if (explained.close(target)) return true;
    if (completionStatus(target.state) === "active") return false;
    leave();
    return true;
  };
  return [
    { key: "Mod-i", run: explained.ask, preventDefault: true },
    { key: "Escape", run: away },
  ];
}

// ------------------------------------------------------------------ names and docstrings, from Python

const completing = (complete) => async (context) => {
  const word = context.matchBefore(/[\w.]+/);
  if (!word && !context.explicit) return null;
  const found = await complete({ code: context.state.doc.toString(), cursor: context.pos });
  if (!found?.matches.length || context.aborted) return null;
  const { from, to, matches } = found;
  return { from, to, options: matches.map(({ text, kind }) => ({ label: text, type: kind })), validFor: /^\w*$/ };
};

/** A docstring at what the pointer rests on, or by key at the cursor; Escape puts it away. */
function explaining(inspect) {
  /** @type {import("@codemirror/state").StateEffectType<any>} */
  const put = StateEffect.define();
  const field = StateField.define({
    create: () => /** @type {any} */ (null),
    update(tip, { effects, docChanged }) {
      for (const effect of effects) if (effect.is(put)) return effect.value;
      return docChanged ? null : tip;
    },
    provide: (it) => showTooltip.from(it),
  });
  async function at(view, pos) {
    const found = await inspect({ code: view.state.doc.toString(), cursor: pos });
    return found && { pos, above: true, create: () => ({ dom: h("div", { class: "tc-doc", role: "status", tabindex: "0" }, found.text) }) };
  }
  return {
    extension: [field, hoverTooltip(at, { hoverTime: 600 })],
    ask(view) {
      at(view, view.state.selection.main.head).then((tip) => view.dispatch({ effects: put.of(tip) }));
      return true;
    },
    close(view) {
      if (!view.state.field(field)) return false;
      view.dispatch({ effects: put.of(null) });
      return true;
    },
  };
}
