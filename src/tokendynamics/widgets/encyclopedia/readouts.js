// The Encyclopedia's numbers: the gap of the question beside the picture, and those of M to read at leisure.
import { h } from "../ui/dom.js";
import { output, readout } from "../ui/output.js";

/** {gap, element, show(head)} */
export function readouts() {
  const residual = output("residual", { label: "gap between the answer through M and the content through V" });
  const matrix = output("matrix-residual", { label: "share of V that M times Q transposed K misses" });
  const condition = output("condition", { label: "condition number of Q transposed K" });
  const blur = output("blur", { label: "furthest that noise in the index carries the answer" });
  return {
    gap: h("span", {}, "gap ‖V q − M QᵀK q‖ ", residual),
    element: h(
      "div",
      { class: "td-readouts" },
      readout("‖V − M QᵀK‖ ⁄ ‖V‖, equation (13)", matrix),
      readout("condition number of QᵀK", condition),
      readout("noise carries the answer up to", blur),
    ),
    show(head) {
      residual.show(head.gap);
      matrix.show(head.residual);
      condition.show(head.condition);
      blur.show(head.blur);
    },
  };
}
