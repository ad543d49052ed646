// Where the names of tokens stand: beside them, clear of one another, of the axes' numbers and of the followed word's tokens.

// where a name may stand beside its token, first choice first
const AROUND = [
  [11, -9],
  [-11, -9],
  [11, 11],
  [-11, 11],
  [0, -19],
  [0, 19],
  [14, 0],
  [-14, 0],
  [20, -21],
  [-20, -21],
  [20, 22],
  [-20, 22],
  ...[32, 46, 60].flatMap((far) =>
    Array.from({ length: 12 }, (_, k) => [Math.round(far * Math.cos((k * Math.PI) / 6)), Math.round(far * Math.sin((k * Math.PI) / 6))]),
  ),
];

/**
 * A place for each of `names`, {track, words}, in pixels: the name with left, right, top and bottom. `taken` are places that are taken already.
 */
export function placed(names, { x, y, size }, taken) {
  const inPlane = ({ left, right, top, bottom }) => left > 2 && right < size - 2 && top > 2 && bottom < size - 2;
  const over = (one, { at }) => x(at[0]) > one.left - 5 && x(at[0]) < one.right + 5 && y(at[1]) > one.top - 5 && y(at[1]) < one.bottom + 5;
  const places = [];
  for (const name of names.toReversed()) {
    // the followed word chooses first
    const boxes = AROUND.map((way) => box(name, way, { x, y })).filter(inPlane);
    const free = boxes.filter((one) => ![...taken, ...places].some((other) => cross(one, other)));
    const clear = free.find((one) => !names.some(({ track }) => track.main && over(one, track)));
    places.push(clear ?? free[0] ?? boxes[0] ?? box(name, AROUND[0], { x, y }));
  }
  return places;
}

const cross = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;

/**
 * Where a name would stand beside its token; letters are taken as 8 wide.
 * @param {{ track: any, words: string }} name
 * @param {number[]} way
 * @param {{ x: any, y: any }} scales
 */
function box({ track, words }, [dx, dy], { x, y }) {
  const width = 8 * words.length + 2;
  const left = x(track.at[0]) + (dx > 0 ? dx : dx < 0 ? dx - width : -width / 2);
  return { track, words, left, right: left + width, top: y(track.at[1]) + dy - 7, bottom: y(track.at[1]) + dy + 7 };
}
