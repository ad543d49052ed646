// A widget in another page: a frame that shows it as it is here, and the lines that let the frame be as high as the widget.
import { BOOK } from "./book.js";

const HEIGHT = 680; // of a frame that nothing sets; it scrolls where the widget is higher
const FOLLOW = `<script>
  addEventListener("message", ({ source, data }) => {
    if (data?.type !== "tokendynamics:height") return;
    for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === source) frame.style.height = \`\${data.height}px\`;
  });
</script>`;
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** The HTML to paste. Without its script the frame keeps its height. */
export function embedCode(address, title) {
  const [book] = BOOK.title.split(":");
  const given = {
    src: address,
    title: `${title}, ${book}`,
    loading: "lazy",
    width: "100%",
    height: HEIGHT,
    style: "border: 0",
    allow: "fullscreen; clipboard-write",
  };
  const attributes = Object.entries(given).map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  return `<iframe${attributes.join("")}></iframe>\n${FOLLOW}\n`;
}
