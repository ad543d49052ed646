// The Force lab's time: layer after layer, until there is nothing more to see, and where the tokens have been meanwhile.
import { reshape, shape_of } from "../maths/shape.js";
import { trajectories } from "../maths/stack.js";
import { button } from "../ui/dom.js";
import { MOST as FRAMES } from "../ui/film.js";
import { sentence } from "../ui/store.js";
import { summary } from "./words.js";

const FAR = 30, // where tokens that nothing holds have run away
  CLOSE = 0.02, // how far from one another tokens are that have met
  TICK = 50, // milliseconds between two steps of Play
  TRAIL = 80; // ticks

export class Motion {
  playing = null;
  from = null; // where Play began
  trail = []; // the tokens at the ticks before

  /**
   * @param {import("../ui/widget.js").Shared} shared
   * @param {ReturnType<typeof import("../ui/plane.js").plane>} board
   * @param {ReturnType<typeof import("../ui/notice.js").notice>} said hears why it ended
   */
  constructor(shared, board, said) {
    this.shared = shared;
    this.board = board;
    this.said = said;
    this.play = button("Play", () => (this.playing ? this.pause() : this.start()), { class: "td-button td-primary td-waits" });
    this.oneLayer = button("One layer", () => this.advance(1) && shared.say(`One layer later. ${summary(shared.store.found)}`), {
      class: "td-button td-waits",
    });
  }

  start() {
    this.pause();
    this.shared.say("Playing. Pause stops the motion.");
    this.from = this.shared.store.state.tokens;
    this.playing = setInterval(() => document.hidden || this.tick() || this.pause(), TICK); // where nobody looks, time stands still
    this.play.textContent = "Pause";
  }

  pause() {
    if (!this.playing) return;
    this.stop();
    this.playing = null;
    this.play.textContent = "Play";
    this.shared.say(summary(this.shared.store.found));
  }

  stop() {
    clearInterval(this.playing);
  }

  advance(step) {
    try {
      const tokens = later(this.shared.store.state, step);
      if (!this.shared.change({ tokens }, this.said)) return false;
      this.trail = [...this.trail.slice(1 - TRAIL), tokens];
      return true;
    } catch (error) {
      this.said.say(sentence(error.message));
      return false;
    }
  }

  /** A tick of Play: false where there is nothing more to see, and then it is said why, with what may be done. */
  tick() {
    const { store } = this.shared;
    const before = store.state.tokens;
    if (!this.advance(store.state.step)) return false;
    const { tokens, norm } = store.state;
    const back = ["Back to the start", () => this.again({})];
    if (ranAway(before, tokens)) {
      const hold = ["Hold them on a circle", () => this.again({ norm: "sphere" })];
      this.said.say("The tokens run away: nothing in a bare attention layer holds them.", "warning", [hold, back]);
      return false;
    }
    if (norm && met(tokens)) {
      const turn = ["Turn V by 120° and start again", () => this.again({ V: turnedOn(store.state.V, 120) })];
      this.said.say("All have met in one place, and go on as one.", "warning", [turn, back]);
      return false;
    }
    return true;
  }

  /** From where Play began, with one thing changed. */
  again(patch) {
    this.restart();
    this.said.clear();
    this.shared.begin({ tokens: this.from, ...patch });
  }

  restart() {
    this.pause();
    this.forget();
    this.board.reset();
  }

  /** What comes is no longer what came of the trail. */
  forget() {
    this.trail = [];
  }

  /** Where the tokens of a state have been; those of a film bring it along. */
  pathOf({ tokens, path }) {
    this.trail = this.trail.filter(({ length }) => length === tokens.length);
    return path ?? this.trail;
  }

  /** What Play shows, from where the trails begin to where it ends of itself; the field as arrows, as specks know no frames. */
  film() {
    const { state } = this.shared.store;
    const run = [this.trail[0] ?? state.tokens];
    const ended = (tokens, before) => before && (ranAway(before, tokens) || (state.norm && met(tokens)));
    while (run.length < FRAMES && !ended(run.at(-1), run.at(-2))) {
      try {
        run.push(later({ ...state, tokens: run.at(-1) }, state.step));
      } catch {
        break; // no number is as large
      }
    }
    const states = run.map((tokens, k) => ({ tokens, path: run.slice(Math.max(0, k - TRAIL), k), flow: false }));
    return { states, every: TICK, framed: (make) => this.board.framed(run.flat(), state.norm ? 1.5 : undefined, make) };
  }
}

/** The tokens of a state after one layer with so long a step. */
const later = ({ tokens, Q, K, V, scale, include_self, norm }, step) =>
  trajectories(tokens, [[Q, K, V]], { scale, include_self, step, norm })[1];

/** A matrix whose angle is `by` degrees more. */
function turnedOn(matrix, by) {
  const angle = shape_of(matrix).angle + by;
  return reshape(matrix, "angle", angle > 180 ? angle - 360 : angle);
}

const farthest = (tokens) => Math.max(...tokens.flat().map(Math.abs));
const ranAway = (before, tokens) => farthest(tokens) > FAR && farthest(tokens) > farthest(before);
const met = (tokens) => tokens.length > 1 && Math.max(...tokens.map((t) => Math.hypot(t[0] - tokens[0][0], t[1] - tokens[0][1]))) < CLOSE;
