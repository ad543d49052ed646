// The worker around the real model. Messages in: {card}, {wanted}, {script, text} (a piece that the page was asked for), "stop". Out: what shelf.js
// says, {own} (an answer of own.js) and {fault: {kind, …}}.
import { ownModel } from "./own.js";
import { Fault, openShelf } from "./shelf.js";

const REST = 150; // ms without a newer request: the hand is off the slider, and what takes longer is worked out
let shelf, own;
let wanted = null, // the latest request, until it begins
  now = null, // the one that is worked on
  arrived = () => {};

self.onmessage = ({ data }) => {
  if (data.card) {
    shelf = openShelf(data.card, (message) => postMessage(message));
    ({ own } = ownModel({ card: data.card, need: shelf.need }));
  } else if (data.script) shelf.take(data);
  else if (data === "stop") {
    wanted = now = null;
    shelf.halt();
  } else {
    wanted = data.wanted;
    arrived();
    if (!now) work();
  }
};

async function work() {
  while (wanted) {
    const request = wanted;
    now = request;
    wanted = null;
    try {
      await answer(request);
    } catch (error) {
      if (now === request && error.kind !== "stopped") postMessage({ fault: fault(error) });
    }
    if (now !== request) return; // stopped; who asked after that has begun anew
    now = null;
  }
}

async function answer(request) {
  const hear = (found) => found && now === request && postMessage({ own: found });
  // a slider that moves is followed: what is worked on ends first. Other sentences are not waited with
  const other = () => now !== request || (wanted && JSON.stringify(wanted.sentences) !== JSON.stringify(request.sentences));
  const found = await own(request, { onPart: hear, cancelled: other });
  hear(found);
  if (found?.data && (await rested()))
    hear(await own(request, { controls: true, onPart: hear, cancelled: () => now !== request || Boolean(wanted) }));
}

/** Whether no newer request comes for a while. */
function rested() {
  return new Promise((done) => {
    setTimeout(() => done(!wanted), REST);
    arrived = () => done(false);
  });
}

/** What went wrong, as a message can carry it. */
function fault(error) {
  if (error instanceof Fault) return { kind: error.kind, ...error.detail };
  const memory = error instanceof RangeError && /alloc|memory/i.test(error.message);
  return { kind: memory ? "memory" : "error", message: error.message };
}
