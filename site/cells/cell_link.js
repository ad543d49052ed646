// A cell in a link: #cell=ID;code=_…, the third grammar of links (widgets/ui/link.js) with the cell in the place of a start.
import { decode, encode } from "../../src/tokendynamics/widgets/ui/link.js";

const BEGIN = "v3!";

export function linkTo(cell, code) {
  const text = encode({ code }, { [cell.id]: { code: null } });
  return `${location.href.split("#")[0]}#cell=${text.slice(BEGIN.length)}`;
}

/** {cell, code} of an address's fragment, {error} in words, or null where it holds no cell. */
export function readLink(fragment, cells) {
  const text = /^#cell(?:=|%3d)(.*)$/is.exec(fragment)?.[1];
  if (text === undefined) return null;
  const known = Object.fromEntries(cells.map((cell) => [cell.id, {}]));
  try {
    const { name, changes } = decode(BEGIN + text, known);
    if (typeof changes.code !== "string") throw new Error();
    return { cell: cells.find((cell) => cell.id === name), code: changes.code };
  } catch {
    return {
      error: "The link to a cell cannot be read: part of it is missing or changed, or the cell is on another page. Copy it again, whole.",
    };
  }
}
