// plotly.js is three times what the rest of a page weighs, so it is fetched once a plot is reached and not before.
// The book's page has it as a file beside its host; in a notebook Python sends it (widgets/_plots.py).
import { h } from "./dom.js";

const PATIENCE = 30_000; // ms until a kernel that does not answer is given up

let arriving = null;

/** A promise of plotly.js, the same for all who ask; after a failure the next one asks again. */
export function plotly({ model, experimental }) {
  arriving ??= (experimental?.asset ? script(experimental.asset("plotly.js")) : fromPython(model)).catch((error) => {
    arriving = null;
    throw error;
  });
  return arriving;
}

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

// a classic script: modules do not load from file://
function script(address) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  return new Promise((done, fail) => {
    const tag = h("script", {
      src: address,
      onload: () => done(window.Plotly),
      onerror: () => fail(new Error("The script that draws plots could not be loaded.")),
    });
    document.head.append(tag);
  });
}

function fromPython(model) {
  return new Promise((done, fail) => {
    const late = setTimeout(() => end(() => fail(new Error("Python did not send the script that draws plots."))), PATIENCE);
    const end = (next) => {
      clearTimeout(late);
      model.off("msg:custom", take);
      next();
    };
    const take = (content, [packed] = []) => content?.sent === "plotly.js" && packed && end(() => done(packed));
    model.on("msg:custom", take);
    model.send({ want: "plotly.js" });
  }).then(async (packed) => {
    const text = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    const others = window.Plotly; // JupyterLab may have a plotly of its own, and keeps it
    const address = URL.createObjectURL(
      new Blob([`const module = { exports: {} };\n${text}\nexport default module.exports;`], { type: "text/javascript" }),
    );
    const { default: Plotly } = await import(address);
    URL.revokeObjectURL(address);
    window.Plotly = others;
    return Plotly;
  });
}
