// AdamW for flat parameters. Mirrors AdamW of learning.py: see there.

/** An optimiser whose `step(gradients, rate)` changes `parameters`, {name: {data}}, in place. */
export function AdamW(parameters, { betas = [0.9, 0.999], eps = 1e-8, decay = 0 } = {}) {
  const like = () => Object.fromEntries(Object.entries(parameters).map(([name, { data }]) => [name, new Float64Array(data.length)]));
  const mean = like(),
    square = like(),
    [slow, slower] = betas;
  let steps = 0;
  return {
    step(gradients, rate) {
      steps++;
      const first = 1 - slow ** steps,
        second = 1 - slower ** steps;
      for (const [name, gradient] of Object.entries(gradients)) {
        const m = mean[name],
          s = square[name],
          { data } = parameters[name];
        for (let i = 0; i < data.length; i++) {
          const g = gradient[i];
          m[i] += (1 - slow) * (g - m[i]);
          s[i] += (1 - slower) * (g * g - s[i]);
          data[i] *= 1 - rate * decay;
          data[i] -= (rate * (m[i] / first)) / (Math.sqrt(s[i] / second) + eps);
        }
      }
    },
  };
}
