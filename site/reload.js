// Only while writing (make watch): the page loads itself again when the book was built again.
const stamp = new URL("built.txt", document.currentScript.src);
let known;
setInterval(async () => {
  const built = await fetch(stamp, { cache: "no-store" }).then(
    (answer) => answer.text(),
    () => known,
  );
  if (known !== undefined && built !== known) location.reload();
  known = built;
}, 300);
