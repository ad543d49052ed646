// Numbers as rows of the table that is saved (csv.js): [what, name, row, column, value].

/**
 * Rows of a list, or of a list of lists. `rows` and `columns` are what these are called; else rows count from 0, as layers and steps do, and
 * columns from 1.
 *
 * @param {string} what
 * @param {string} name
 * @param {any[]} values
 * @param {{ rows?: (string | number)[], columns?: (string | number)[] }} [called]
 */
export const table = (what, name, values, { rows = [], columns = [] } = {}) =>
  values.flatMap((each, i) =>
    Array.isArray(each)
      ? each.map((value, j) => [what, name, rows[i] ?? i, columns[j] ?? j + 1, value])
      : [[what, name, rows[i] ?? i, "", each]],
  );
