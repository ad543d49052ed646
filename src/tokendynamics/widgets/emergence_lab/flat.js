// Matrices in one run of numbers, row after row, for models that train in the page: nested lists would be ten times slower.

/** {name: nested lists} to {name: {shape, data}}, and back. */
export const flatten = (nested) => map(nested, (value) => ({ shape: shape(value), data: Float64Array.from([value].flat(Infinity)) }));
export const unflatten = (flat) => map(flat, ({ shape, data }) => nest(Array.from(data), shape));

export const map = (object, f) => Object.fromEntries(Object.entries(object).map(([name, value]) => [name, f(value, name)]));
const shape = (value) => (Array.isArray(value) ? [value.length, ...shape(value[0])] : []);

export function nest(list, sizes) {
  if (sizes.length <= 1) return list;
  const rest = sizes.slice(1),
    step = rest.reduce((a, b) => a * b);
  return Array.from({ length: sizes[0] }, (_, i) => nest(list.slice(i * step, (i + 1) * step), rest));
}

/** {shape, data} of random normal entries of one size. */
export const draw = (rng, size, ...shape) => ({
  shape,
  data: rng.normals(
    shape.reduce((a, b) => a * b),
    size,
  ),
});

/** A Bᵀ, for A (m, k) and B (n, k): eight sums at a time, and one at a time what is left at the edges. */
export function productT(A, B, m, k, n) {
  const out = new Float64Array(m * n),
    rows = m - (m % 2),
    columns = n - (n % 4);
  for (let i = 0; i < rows; i += 2) for (let j = 0; j < columns; j += 4) eightSums(out, A, B, i, j, k, n);
  for (let i = 0; i < m; i++) for (let j = i < rows ? columns : 0; j < n; j++) out[i * n + j] = oneSum(A, B, i, j, k);
  return out;
}

/** The sums of rows i, i + 1 of A with rows j … j + 3 of B: each number that is read is used two or four times. */
function eightSums(out, A, B, i, j, k, n) {
  let s0 = 0,
    s1 = 0,
    s2 = 0,
    s3 = 0,
    t0 = 0,
    t1 = 0,
    t2 = 0,
    t3 = 0;
  for (let l = 0, a = i * k, b = j * k; l < k; l++, a++, b++) {
    const x = A[a],
      y = A[a + k],
      b0 = B[b],
      b1 = B[b + k],
      b2 = B[b + 2 * k],
      b3 = B[b + 3 * k];
    s0 += x * b0;
    s1 += x * b1;
    s2 += x * b2;
    s3 += x * b3;
    t0 += y * b0;
    t1 += y * b1;
    t2 += y * b2;
    t3 += y * b3;
  }
  const at = i * n + j;
  out[at] = s0;
  out[at + 1] = s1;
  out[at + 2] = s2;
  out[at + 3] = s3;
  out[at + n] = t0;
  out[at + n + 1] = t1;
  out[at + n + 2] = t2;
  out[at + n + 3] = t3;
}

function oneSum(A, B, i, j, k) {
  let sum = 0;
  for (let l = 0; l < k; l++) sum += A[i * k + l] * B[j * k + l];
  return sum;
}

/** A B, for A (m, k) and B (k, n). */
export const product = (A, B, m, k, n) => productT(A, transposed(B, k, n), m, k, n);

/** Aᵀ B, for A (k, m) and B (k, n). */
export const productFromT = (A, B, m, k, n) => productT(transposed(A, k, m), transposed(B, k, n), m, k, n);

function transposed(A, rows, columns) {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = A[i * columns + j];
  return out;
}

/** `a` with `b` added to it, in place. */
export function add(a, b) {
  for (let i = 0; i < a.length; i++) a[i] += b[i];
  return a;
}
