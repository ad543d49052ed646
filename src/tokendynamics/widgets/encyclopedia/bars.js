// The two singular values of QᵀK as bars to drag, and beside each the loudness with which M answers along it.
import { h, hidden, uid } from "../ui/dom.js";
import { notice } from "../ui/notice.js";
import { fixed, format } from "../ui/numbers.js";
import { output } from "../ui/output.js";
import { numberField } from "../ui/typing.js";
import { LIMITS } from "./state.js";

const { min, slider: REACH } = LIMITS.sigma;
const LOUDEST = 10; // where a bar of loudness is full

export function bars(change) {
  const said = notice();
  const rows = [0, 1].map((r) => {
    const sub = "₁₂"[r];
    const id = uid("sigma");
    const range = h("input", {
      id,
      type: "range",
      min,
      ...REACH,
      class: "td-pull",
      oninput: () => ask(r, Number(range.value)),
    });
    const cell = numberField({
      attributes: { class: "td-cell", "aria-label": `σ${sub} as a number`, "aria-describedby": said.element.id },
      limits: { min },
      take: (value) => ask(r, value),
      refuse: (words, was) => said.say(`σ${sub}: ${words} It keeps ${fixed(was)}.`),
    });
    const full = h("span", { class: "td-bar" });
    const loud = output(`loudness-${r + 1}`, { label: `loudness of entry ${r + 1}` });
    const element = h(
      "div",
      { class: "td-pull-row" },
      h("label", { for: id }, `σ${sub}`, hidden(` strength of index direction u${sub}`)),
      range,
      cell.input,
      h("span", { class: "td-loud-name" }, hidden("loudness of "), `M u${sub}`),
      h("span", { class: "td-track", "aria-hidden": "true" }, full),
      loud,
    );
    return { range, cell, full, loud, element };
  });
  let sigma;
  const ask = (r, value) => change({ sigma: sigma.map((s, i) => (i === r ? value : s)) }, said);

  return {
    element: h(
      "div",
      { class: "td-pulls", role: "group", "aria-label": "Singular values of QᵀK, and how loud M is" },
      h("p", { class: "td-pulls-title" }, h("strong", {}, "QᵀK"), " strength, ", h("strong", {}, "M"), " loudness"),
      rows.map((row) => row.element),
      said.element,
    ),
    show(next, loudness) {
      sigma = next;
      for (const [r, { range, cell, full, loud }] of rows.entries()) {
        if (Number(range.value) !== sigma[r]) range.value = sigma[r];
        range.setAttribute("aria-valuetext", fixed(sigma[r]));
        range.style.setProperty("--fill", `${Math.min(100, (100 * sigma[r]) / REACH.max)}%`);
        cell.show(sigma[r], sigma[r] > 0 && sigma[r] < 0.005 ? format(sigma[r]) : fixed(sigma[r]));
        full.style.width = `${Math.min(100, (100 * loudness[r]) / LOUDEST)}%`;
        loud.show(loudness[r]);
      }
    },
  };
}
