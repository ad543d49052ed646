// One widget's way to Python. While a message is on its way, what changes waits and goes together after it: a Python that is slow or busy is not
// flooded, however fast a hand moves.
import { withoutBuffers } from "./buffers.js";

/** `post({data, buffers})` sends a message, and `taken()` is called once Python has taken it. */
export function openSide(post) {
  let waiting = [], // messages, in their order
    away = null; // the one that is on its way

  function next() {
    if (away || !waiting.length) return;
    away = waiting.shift();
    const { buffers = [], ...data } = away;
    if (!data.state) return post({ data, buffers });
    const { buffers: bytes, ...rest } = withoutBuffers(data.state);
    post({ data: { ...data, ...rest }, buffers: bytes });
  }

  function send(message) {
    waiting.push(message);
    next();
  }

  return {
    changed(state) {
      const last = waiting.at(-1);
      if (last?.method === "update") Object.assign(last.state, state);
      else send({ method: "update", state: { ...state } });
    },
    said: (content, buffers) => send({ method: "custom", content, buffers }),
    ask: () => send({ method: "request_state" }),
    taken() {
      away = null;
      next();
    },
    /**
     * Whether the page's value of a trait is newer than what Python says now, and goes to it. While Python takes a message it may answer with other
     * values for what that message holds; at any other time the message is still to come.
     */
    newer: (name, taking) => waiting.some(({ state }) => state && name in state) || (!taking && Boolean(away?.state && name in away.state)),
  };
}
