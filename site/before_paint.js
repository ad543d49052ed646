// Before the first paint: the theme that the reader's system asks for; and what is said of widgets that are late, or whose host does not come.
(() => {
  const { dataset } = document.documentElement;
  dataset.live = "";
  if (dataset.theme === "auto") dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";

  // paper is light
  let worn;
  addEventListener("beforeprint", () => {
    worn = dataset.theme;
    dataset.theme = "light";
  });
  addEventListener("afterprint", () => {
    dataset.theme = worn;
  });
})();

(() => {
  const { dataset } = document.documentElement;
  const COMING = "The live widget is on its way. Until it is here, a picture stands for it.";
  const LATE = `${COMING} It has been long: the connection may be slow or broken. Reloading the page may help.`;
  const FAILED =
    "The live widget could not start: a script of this page (host.js) did not come. Reload the page to try again. Until then, a picture stands for it.";
  let words = COMING,
    seconds = 0;
  const watch = setInterval(tell, 1000);

  function tell() {
    const waiting = document.querySelectorAll(".td-live:not([data-live], [data-failed])");
    if (document.readyState === "complete" && !waiting.length) clearInterval(watch);
    seconds += 1;
    if (seconds === 20 && words === COMING) words = LATE;
    if (seconds > 1 || words === FAILED) for (const place of waiting) say(place);
  }

  function say(place) {
    let said = place.querySelector(":scope > .td-coming");
    if (!said) {
      said = Object.assign(document.createElement("p"), { className: "td-coming", role: "status" });
      place.prepend(said);
      place.dataset.late = "";
    }
    if (said.textContent !== words) said.textContent = words;
  }

  // without its host the page is as one without scripts, in all but these words
  const host = ({ target }) => target instanceof HTMLScriptElement && target.src.includes("/host.js");
  addEventListener("error", (event) => host(event) && failed(), true);
  function failed() {
    words = FAILED;
    delete dataset.live;
    tell();
  }
})();
