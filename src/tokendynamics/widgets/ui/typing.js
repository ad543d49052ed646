import { parse } from "./numbers.js";

/** Show a number as `text` in a field, but not over what is being typed there: only where the number is another than it `was`. */
export function showNumber(input, text, now, was) {
  const typing = input.getRootNode().activeElement === input;
  if (typing && (now === was || parse(input.value).value === now)) return;
  if (input.value !== text) input.value = text;
}
