// The runs side by side. The last of them trains in the worker: it is paused, resumed, stopped, and trained on once it has ended.

import { notice } from "../ui/notice.js";
import { fixed, format } from "../ui/numbers.js";
import { measurePace } from "./coming.js";
import { every } from "./sizes.js";
import { alike, configOf, LIMITS, title } from "./state.js";
import { trainer } from "./trainer.js";

const MOST = 4, // runs side by side
  UNASKED = 500; // milliseconds after a run's end in which a press still means Stop

export class Runs {
  notice = notice(); // what went wrong
  number = 0; // of the last
  endedAt = 0;
  /** @type {null | "going" | "stepping" | "paused"} */
  training = null;
  /**
   * `spent` seconds so far, and its clock runs `since` then; `from` where it last set off; `kept`: the worker still has it.
   * @type {any[]}
   */
  list = [];
  work = trainer(
    (message) => this.hear(message),
    (words) => this.failed(words),
  );

  /** @param {Pick<import("../ui/widget.js").Shared, "model" | "store" | "say" | "change" | "redraw">} shared */
  constructor({ model, store, say, change, redraw }) {
    this.model = model;
    this.store = store;
    this.say = say;
    this.change = change;
    this.redraw = redraw;
  }

  get current() {
    return this.list.at(-1);
  }

  /** The run whose numbers are to be seen: the one that is training, or the last whose matrix has the shape that is chosen. */
  shown(state) {
    return this.training ? this.current : this.list.findLast(({ config }) => shapeOf(config) === shapeOf(state));
  }

  /** How far the last run can be trained on, or 0: one that was stopped to its end, another to the steps that are chosen, or to twice as many. */
  further(state) {
    const run = this.current,
      chosen = configOf(state);
    if (this.training || !run?.kept || !run.records.length || !alike(run.config, chosen)) return 0;
    const { steps } = run.config;
    if (run.records.at(-1).step < steps) return steps;
    if (chosen.steps > steps) return chosen.steps;
    return steps < LIMITS.steps.max ? Math.min(2 * steps, LIMITS.steps.max) : 0;
  }

  train() {
    const config = configOf(this.store.state);
    if (this.list.length === MOST) this.list.shift();
    this.number = (this.number % MOST) + 1;
    this.list.push({ number: this.number, config, title: title(config), records: [], spent: 0, since: 0, kept: true });
    this.notice.clear();
    this.say(`Training ${this.current.title}.`);
    this.go("going");
    this.work.start({ ...config, every: every(config.steps) });
  }

  trainOrPause() {
    if (this.training === "going") {
      this.go("paused");
      this.work.say("pause");
      this.say(`Paused at step ${this.current.records.at(-1)?.step ?? 0}.`);
    } else if (this.training === "paused") {
      this.go("going");
      this.work.say("resume");
    } else this.train();
  }

  /** As far as the next record. */
  step() {
    if (!this.training) this.train();
    this.go("stepping");
    this.work.say("step");
  }

  stopOrTrainOn() {
    if (this.training) {
      this.work.say("pause");
      this.halt();
    } else if (performance.now() - this.endedAt > UNASKED) this.trainOn();
  }

  halt() {
    if (this.current.records.length) return this.ended();
    this.stop(); // it has not begun
    this.list.pop();
    this.redraw();
  }

  trainOn() {
    const run = this.current,
      steps = this.further(this.store.state);
    if (!steps) return;
    const more = steps > run.config.steps;
    run.config = { ...run.config, steps };
    run.seconds = undefined;
    this.change({ steps });
    this.say(`Training on to step ${steps}.`);
    this.go("going");
    this.work.say(more ? { on: { steps, every: every(steps) } } : "resume");
  }

  clear() {
    this.stop();
    this.list = [];
    this.number = 0;
    this.notice.clear();
  }

  stop() {
    this.work.stop();
    this.training = null;
  }

  /** Set what the last run does, and its clock. */
  go(now) {
    const run = this.current,
      at = performance.now();
    if (run.since) run.spent += (at - run.since) / 1000;
    run.since = now && now !== "paused" ? at : 0;
    if (!this.training && now) run.from = { step: run.records.at(-1)?.step ?? 0, spent: run.spent };
    this.training = now;
    this.redraw();
  }

  hear(message) {
    const run = this.current;
    if (!run) return;
    if (message.ended) this.ended();
    else if (message.diverged) this.diverged(message);
    else if ("back" in message) {
      run.records = run.records.filter(({ step }) => step <= message.back);
      run.from.step = message.back;
    } else {
      run.records.push(message);
      this.go(this.training === "stepping" ? "paused" : this.training);
      measurePace(run.config, message.step - run.from.step, run.spent - run.from.spent);
    }
  }

  ended() {
    const run = this.current;
    this.go(null);
    this.endedAt = performance.now();
    run.seconds = run.spent;
    const last = run.records.at(-1),
      whole = last.step === run.config.steps;
    if (!run.diverged) this.say(`${whole ? "Trained" : `Stopped at step ${last.step}`} ${run.title}: ${words(last)}`);
    this.model.set(
      "results",
      this.list.map(({ config, records }) => ({ ...config, ...records.at(-1) })),
    );
    this.model.save_changes();
  }

  diverged({ step, loss }) {
    const came = Number.isFinite(loss) ? `${format(loss)} nats` : "no longer a number";
    this.notice.say(`At step ${step} the loss is ${came}: the training diverged and stopped. A smaller learning rate helps.`);
    this.current.diverged = true;
    this.current.kept = false;
  }

  failed(words) {
    this.training = null;
    if (this.current) this.current.kept = false;
    this.notice.say(words);
    this.redraw();
  }
}

const words = (record) => `accuracy ${fixed(record.accuracy)}, all ${record.all_right.length} right ${fixed(record.all_right.at(-1))}.`;

/** What decides how many rows and columns a run's matrix has. */
const shapeOf = ({ task, heads, roles, layers }) => [task, heads, task === "roles" ? roles : layers].join();
