// One head's weights in one sentence: a row for each token that looks, a column for each that is looked at.
import { h, hidden, reword } from "../ui/dom.js";

/** `show(name, tokens, target, shares)` lays the table out anew only where its sentence is another one. */
export function weightTable() {
  const caption = h("caption"),
    head = h("thead"),
    body = h("tbody");
  const element = h("table", { class: "td-weights" }, caption, head, body);
  let drawn = "",
    cells = [],
    wanted = null;
  return {
    element,
    /** In the next frame: hundreds of cells can wait for the picture, which the hand is on. */
    show(...what) {
      if (!wanted) requestAnimationFrame(fill);
      wanted = what;
    },
  };

  function fill() {
    const [name, tokens, target, shares] = wanted;
    wanted = null;
    lay(name, tokens, target);
    for (const [i, row] of cells.entries())
      for (const [k, cell] of row.entries()) {
        const share = shares[i][k];
        if (cell.dataset.share === String(share)) continue; // while playing, most frames bring nothing new
        cell.dataset.share = share;
        cell.style.setProperty("--share", share);
        reword(cell, share < 0.05 ? "" : Math.round(100 * share));
      }
  }

  function lay(name, tokens, target) {
    const next = JSON.stringify([name, tokens, target]);
    if (next === drawn) return;
    drawn = next;
    caption.replaceChildren(hidden("Attention in sentence "), name);
    element.style.setProperty("--n", tokens.length);
    const main = (i) => (i === target ? "td-main" : null);
    head.replaceChildren(
      h(
        "tr",
        {},
        h("td"),
        tokens.map((token, i) => h("th", { scope: "col", class: main(i) }, h("span", {}, token))),
      ),
    );
    cells = tokens.map(() => tokens.map(() => h("td", {}, "")));
    body.replaceChildren(...tokens.map((token, i) => h("tr", { class: main(i) }, h("th", { scope: "row" }, token), cells[i])));
  }
}
