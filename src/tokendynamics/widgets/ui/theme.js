// Light and dark, on the book's page and in JupyterLab: colours are CSS variables, a canvas has to be told.

/** The colours of a canvas, the landscape's and the bodies', as they stand on `el`. */
export function palette(el) {
  const style = getComputedStyle(el.querySelector(".td"));
  const get = (name) => style.getPropertyValue(`--td-${name}`).trim();
  return {
    low: get("ground-low"),
    high: get("ground-high"),
    line: get("ground-line"),
    text: get("ground-text"),
    halo: get("ground-halo"),
    query: get("query"),
    key: get("key"),
    value: get("value"),
    reference: get("reference"),
    paper: get("paper"),
    ink: get("ink"),
  };
}

/** Call back when the theme changes; returns the way to stop. */
export function onTheme(callback) {
  const watch = new MutationObserver(callback);
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-mode"] });
  watch.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name"] });
  return () => watch.disconnect();
}

/**
 * The colours of a canvas on `el`, looked up once and again after the theme has changed, of which `redraw` hears. An element that is not in the
 * page has none, so what is read there is not kept.
 */
export function colouring(el, redraw) {
  let colours = null;
  const stop = onTheme(() => {
    colours = null;
    redraw();
  });
  const now = () => {
    const found = colours ?? palette(el);
    if (el.isConnected) colours = found;
    return found;
  };
  return { now, stop };
}
