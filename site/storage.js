// Where a browser keeps nothing for the page (cookies are off, its frame is sandboxed, the store is full) a storage that forgets stands in
// for its own: the theme's scripts count on one. `forgets` tells who would promise to keep something.
for (const name of ["localStorage", "sessionStorage"]) {
  let own;
  try {
    own = window[name];
    own.setItem("td", "");
    own.removeItem("td");
  } catch {
    const forgetful = {
      forgets: true,
      getItem(key) {
        return Object.hasOwn(this, key) ? this[key] : null;
      },
      setItem(key, value) {
        this[key] = String(value);
      },
      removeItem(key) {
        delete this[key];
      },
    };
    Object.defineProperty(window, name, { value: Object.assign(Object.create(forgetful), own) });
  }
}
