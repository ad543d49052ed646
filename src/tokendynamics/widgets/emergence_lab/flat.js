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

// The three products take four rows at a time: each number of the result is then read and written a quarter as often.

/** A B, for A (m, k) and B (k, n). */
export function product(A, B, m, k, n) {
  const out = new Float64Array(m * n),
    whole = k - (k % 4);
  for (let i = 0; i < m; i++) {
    const at = i * n;
    for (let l = 0; l < whole; l += 4) rows4(out, at, B, l * n, n, A[i * k + l], A[i * k + l + 1], A[i * k + l + 2], A[i * k + l + 3]);
    for (let l = whole; l < k; l++) for (let j = 0; j < n; j++) out[at + j] += A[i * k + l] * B[l * n + j];
  }
  return out;
}

/** A Bᵀ, for A (m, k) and B (n, k). */
export function productT(A, B, m, k, n) {
  const out = new Float64Array(m * n),
    whole = n - (n % 4);
  for (let i = 0; i < m; i++) {
    const a = i * k;
    for (let j = 0; j < whole; j += 4) {
      let s0 = 0,
        s1 = 0,
        s2 = 0,
        s3 = 0;
      for (let l = 0, b = j * k; l < k; l++, b++) {
        const x = A[a + l];
        s0 += x * B[b];
        s1 += x * B[b + k];
        s2 += x * B[b + 2 * k];
        s3 += x * B[b + 3 * k];
      }
      const at = i * n + j;
      out[at] = s0;
      out[at + 1] = s1;
      out[at + 2] = s2;
      out[at + 3] = s3;
    }
    for (let j = whole; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += A[a + l] * B[j * k + l];
      out[i * n + j] = sum;
    }
  }
  return out;
}

/** Aᵀ B, for A (k, m) and B (k, n); added to `out` where one is given. */
export function productFromT(A, B, m, k, n, out = new Float64Array(m * n)) {
  const whole = k - (k % 4);
  for (let l = 0; l < whole; l += 4) {
    for (let i = 0; i < m; i++) rows4(out, i * n, B, l * n, n, A[l * m + i], A[(l + 1) * m + i], A[(l + 2) * m + i], A[(l + 3) * m + i]);
  }
  for (let l = whole; l < k; l++) for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[i * n + j] += A[l * m + i] * B[l * n + j];
  return out;
}

function rows4(out, at, B, from, n, a0, a1, a2, a3) {
  for (let j = 0, b = from; j < n; j++, b++) out[at + j] += a0 * B[b] + a1 * B[b + n] + a2 * B[b + 2 * n] + a3 * B[b + 3 * n];
}

/** `a` with `b` added to it, in place. */
export function add(a, b) {
  for (let i = 0; i < a.length; i++) a[i] += b[i];
  return a;
}
