import { button, h, uid } from "./dom.js";
import { notice } from "./notice.js";
import { numberField } from "./typing.js";

/** The number that fixes a draw, to type or to move on from. `take(seed, notice)` asks for another; `said` stands where the view puts it. */
export function seedField({ label, another, limits, take }) {
  const said = notice(),
    id = uid("seed");
  const field = numberField({
    attributes: { id, "aria-describedby": said.element.id },
    limits,
    take: (seed) => take(seed, said),
    refuse: (words, was) => said.say(`${words} The ${label.toLowerCase()} stays ${was}.`),
  });
  let now = 0;
  return {
    elements: [
      h("span", { class: "td-field" }, h("label", { for: id }, label), field.input),
      button(another, () => take((now + 1) % (limits.max + 1), said)),
    ],
    notice: said,
    show(seed) {
      now = seed;
      field.show(seed, String(seed));
    },
  };
}
