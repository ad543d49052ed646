// One run of a cell, from its turn in the queue to its end: what is fetched for it, and what Python says of it.
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/** What a cell's last value is called in the cells after it. */
function calledIn(code) {
  const [, name] = /(?:^|\n)([^\W\d]\w*)\s*$/u.exec(code) ?? [];
  return name ? ` There it is “${name}”.` : " There it is “_”, until a cell gives another result.";
}

export class Run {
  constructor({ cell, code, id, output, say, mark }) {
    this.cell = cell;
    this.code = code;
    this.id = id;
    this.output = output;
    this.say = (words) => say(cell, words);
    this.mark = (line) => mark(cell, line);
    this.given = false; // whether Python has the code
    this.begun = false; // whether it said so
    this.kept = null; // whether Python comes from what the browser kept, once that was said
    this.fetches = false; // the packed model
    this.error = null; // its name
    this.line = null; // where it is
    this.called = ""; // words on the widget that the cell gave
  }

  progress({ loaded, total, kept }) {
    this.output.progress(loaded, total, `${megabytes(loaded)} of ${megabytes(total)} MB`);
    if (this.given) this.model(loaded, total);
    else this.python(total, kept > 0 && kept === loaded);
  }

  python(total, kept) {
    if (this.kept === kept) return; // said once: whoever hears the page would hear every megabyte
    this.kept = kept;
    this.say(kept ? "Python comes from what your browser kept." : `Python is fetched, ${megabytes(total)} MB. Your browser keeps it.`);
  }

  /** The cell reads the packed model, and waits for it. */
  model(loaded, total) {
    if (loaded === total) this.output.started();
    if (!this.fetches) this.say(`Runs. The model is fetched, ${megabytes(total)} MB.`);
    this.fetches = true;
  }

  gaveWidget() {
    this.called = calledIn(this.code);
  }

  failed({ name, line }) {
    this.error = name;
    this.line = line;
    this.mark(line);
  }

  /** What is said at the cell when all went well. */
  success(seconds) {
    const time = seconds < 0.05 ? "" : ` in ${seconds.toFixed(1)} s`;
    return `Done${time}.${this.output.took ? ` The widget below and Python now follow each other.${this.called}` : ""}`;
  }
}
