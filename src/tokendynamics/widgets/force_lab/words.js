// What is said of the Force lab's plane to those who cannot see it.
import { fixed, place } from "../ui/numbers.js";

/** What one layer does to the selected token. */
export const summary = ({ content, force }) => `Motion ${place(content)}, force ${place(force)}.`;

/** What token `i` is called. */
export const described = ({ tokens, names, selected }, { weights }, i) =>
  `${names[i]}, ${i === selected ? "selected, " : `weight ${fixed(weights[i])}, `}at ${place(tokens[i])}`;
