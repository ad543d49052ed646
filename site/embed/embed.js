// A widget by itself, in a frame of another page. The theme is the system's, unless the address or that page says one. That page is told how
// high the widget is, and nothing else happens to it: what stands here does not scroll it and takes no wheel from it.
(() => {
  const { documentElement: html } = document;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let said = new URLSearchParams(location.search).get("theme"),
    told = 0,
    timer = 0;
  wear();
  dark.addEventListener("change", wear);
  addEventListener("message", ({ source, data }) => {
    if (source !== parent || data?.type !== "tokendynamics:theme") return;
    said = data.theme;
    wear();
  });
  function wear() {
    html.dataset.theme = ["dark", "light"].includes(said) ? said : dark.matches ? "dark" : "light";
  }

  html.style.setProperty("--screen", `${screen.height}px`);
  // The host comes by this script, which the page's policy names, and not by a tag: in a sandbox Safari takes no file for the page's own.
  const host = Object.assign(document.createElement("script"), { src: html.dataset.embed });
  host.dataset.state = html.dataset.state;
  document.head.append(host);
  addEventListener("wheel", (event) => event.stopPropagation(), { capture: true, passive: true }); // a plot in space would zoom, and hold the page
  addEventListener("DOMContentLoaded", () => {
    new ResizeObserver(tell).observe(document.body);
    wait();
  });
  addEventListener("resize", wait);
  /** Once there is something to see; not what it has on the whole screen, nor where it was fitted into its frame. */
  function tell() {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    const other = "fixed" in html.dataset || document.querySelector("[data-full]");
    if (parent === window || height === told || other || !document.querySelector("[data-ready], .td-error")) return;
    told = height;
    parent.postMessage({ type: "tokendynamics:height", height }, "*");
    wait();
  }
  /** What does not follow is a window, or a frame of a fixed height: there the picture fits into it (embed.css). */
  function wait() {
    clearTimeout(timer);
    timer = setTimeout(() => (told || parent === window) && html.toggleAttribute("data-fixed", innerHeight !== told), 300);
  }
})();
