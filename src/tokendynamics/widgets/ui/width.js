// What is drawn to the width of its place.

/** `onChange(width)` hears of each new width of `element`, in whole pixels; hidden, it has none. Returns the way to stop. */
export function onWidth(element, onChange) {
  let known = 0;
  const watch = new ResizeObserver(() => {
    const width = Math.floor(element.clientWidth);
    if (!width || width === known) return;
    known = width;
    onChange(width);
  });
  watch.observe(element);
  return () => watch.disconnect();
}
