// plotly.js is three times what the rest of a page weighs, so it is fetched once a plot is reached and not before.
import { imported, once, run, sent } from "./late.js";

const FAULT = "The script that draws plots could not be loaded.";

/** A promise of plotly.js, for a widget's { model, experimental }. */
export const plotly = once(({ model, experimental }) =>
  experimental?.asset ? fromPage(experimental.asset("plotly.js")) : fromPython(model),
);

/** A promise of the build with bars, boxes and other kinds of the plane, which a page of the book has beside the first. */
export const plotlyOfThePlane = once(async ({ experimental }) => {
  await run(experimental.asset("plotly-plane.js"), FAULT);
  const Plotly = window.Plotly;
  window.Plotly = window.tdPlotly; // the name is the first one's, whichever comes before
  return Plotly;
});

/** Call back once `element` is near the reader; returns the way to stop waiting. */
export function whenReached(element, callback) {
  const watch = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watch.disconnect();
      callback();
    },
    { rootMargin: "200px" },
  );
  watch.observe(element);
  return () => watch.disconnect();
}

async function fromPage(address) {
  if (!window.tdPlotly) {
    await run(address, FAULT);
    window.tdPlotly = window.Plotly;
  }
  return window.tdPlotly;
}

async function fromPython(model) {
  const text = await sent(model, "plotly.js", "Python did not send the script that draws plots.");
  const others = window.Plotly; // JupyterLab may have a plotly of its own, and keeps it
  const { default: Plotly } = await imported(`const module = { exports: {} };\n${text}\nexport default module.exports;`);
  window.Plotly = others;
  return Plotly;
}
