// Files that the browser keeps for next time, each a buffer under its name. A worker uses it: the real model's (real_trajectories/live/shelf.js),
// Python's (site/python/store.js). A browser may have no store, forbid it, or never answer: then there is nothing, and nobody is held up.
import { createStore, delMany, get, keys, set } from "idb-keyval";

const PATIENCE = 3000; // ms

/** The store called `database`; `full()` hears once that something had no room. */
export function browserStore(database, full) {
  const store = createStore(database, "files");
  let said = false;

  return {
    /** A buffer, or null. */
    async kept(name) {
      const late = new Promise((done) => setTimeout(done, PATIENCE));
      const asked = async () => get(name, store); // where there is no store, or none that may be used, it throws at once
      const found = await Promise.race([asked(), late]).catch(() => null);
      return found instanceof ArrayBuffer ? found : null;
    },
    /** What cannot be kept is fetched again next time. */
    async keep(name, buffer) {
      try {
        await set(name, buffer, store);
      } catch (error) {
        if (error?.name !== "QuotaExceededError" || said) return;
        said = true;
        full();
      }
    },
    /** Files of another build leave the store. */
    async forgetAllBut(known) {
      try {
        const names = /** @type {string[]} */ (await keys(store));
        const old = names.filter((name) => !known.has(name));
        await delMany(old, store);
      } catch {} // no store
    },
  };
}
