// The Plotly figures of a page come alive: site/book_plots.py leaves each as its JSON, beside its still.
import { showFigure } from "./plots/show.js";

for (const holder of document.querySelectorAll(".td-figure")) {
  const figure = JSON.parse(holder.querySelector("script").textContent);
  const { element } = showFigure(figure, { words: holder.querySelector("img").alt, experimental: window.tdHost.experimental });
  holder.prepend(element);
}
