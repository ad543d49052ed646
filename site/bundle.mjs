// Builds every committed bundle: widgets, the page's host, the maths of the page.
//   npm run bundle            write them where they belong
//   node site/bundle.mjs DIR  write them under DIR instead (the test that compares uses this)

import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = resolve(process.argv[2] ?? root);
const WIDGETS = "src/tokendynamics/widgets";

const common = {
  bundle: true,
  minify: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  absWorkingDir: root,
  logLevel: "warning",
  alias: { "ml-matrix": "./node_modules/ml-matrix/src/index.js" }, // its modules, of which only those in use come into a bundle
};

// `import text from "worker:./file.js"`: the script of a worker, bundled, as text
const workers = {
  name: "worker",
  setup(build_) {
    build_.onResolve({ filter: /^worker:/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.slice("worker:".length)),
      namespace: "worker",
    }));
    build_.onLoad({ filter: /.*/, namespace: "worker" }, async ({ path }) => {
      const { outputFiles } = await build({ ...common, entryPoints: [path], format: "iife", write: false });
      return { contents: outputFiles[0].text, loader: "text" };
    });
  },
};

// one view a widget, in a folder of its own: force_lab/view.js becomes static/force-lab.js
const folders = (await readdir(join(root, WIDGETS), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const views = folders.filter((name) => existsSync(join(root, WIDGETS, name, "view.js")));
const entries = views.flatMap((name) =>
  ["js", "css"].map((kind) => ({ in: join(root, WIDGETS, name, `view.${kind}`), out: name.replaceAll("_", "-") })),
);
await build({
  ...common,
  entryPoints: entries,
  format: "esm",
  plugins: [workers],
  outdir: join(out, WIDGETS, "static"),
});

// what makes files of a widget: fetched at the first Save (widgets/ui/save/late.js)
await build({
  ...common,
  entryPoints: [join(root, WIDGETS, "ui/save/files.js")],
  format: "iife",
  globalName: "tdFiles",
  outfile: join(out, WIDGETS, "static/save.js"),
});

// the worker of the real model is no part of its widget: the build hands it to the page on demand (site/book_real_model.py)
await build({
  ...common,
  entryPoints: [join(root, WIDGETS, "real_trajectories/live/worker.js")],
  format: "iife",
  outfile: join(out, WIDGETS, "static/real-model-worker.js"),
});

// the worker that runs Python, which the build puts beside the pages only where it is asked for (site/book_python.py)
await build({
  ...common,
  entryPoints: [join(root, "site/python/worker.js")],
  format: "iife",
  outfile: join(out, "site/python/static/worker.js"),
});

// a classic script: modules do not load from file://
await build({ ...common, entryPoints: [join(root, "site/host.js")], format: "iife", outfile: join(out, "site/static/host.js") });

// the fields in which exercises are answered (site/book_exercises.py), and their judge, which comes at the first check
const exercises = { ...common, format: "iife" };
await build({ ...exercises, entryPoints: [join(root, "site/exercises/fields.js")], outfile: join(out, "site/static/fields.js") });
const judge = { entryPoints: [join(root, "site/exercises/judge.js")], globalName: "tdJudge" };
await build({ ...exercises, ...judge, outfile: join(out, "site/static/exercise-judge.js") });

// what a page is given in a package for an LMS (site/book_scorm.py)
await build({
  ...common,
  entryPoints: [join(root, "site/scorm/scorm.js")],
  format: "iife",
  outfile: join(out, "site/scorm/static/scorm.js"),
});

// the page that counts guesses (site/book_guesses.py), and the QR pictures of codes, which come when one is asked for
await build({
  ...exercises,
  entryPoints: [join(root, "site/guesses/page.js")],
  loader: { ".css": "text" },
  outfile: join(out, "site/static/guesses-page.js"),
});
await build({ ...exercises, entryPoints: [join(root, "site/guesses/qr.js")], globalName: "tdQr", outfile: join(out, "site/static/qr.js") });

// the Plotly figures of a page (site/book_plots.py), for the pages that have some
await build({ ...common, entryPoints: [join(root, "site/plots.js")], format: "iife", outfile: join(out, "site/static/plots.js") });

// the cells that run in a page (site/book_cells.py): a small script at once, and what runs and edits them as modules on demand
const cells = { ...common, outdir: join(out, "site/cells/static") };
await build({ ...cells, entryPoints: ["cells.js", "cells.css"].map((name) => join(root, "site/cells", name)), format: "iife" });
const late = { "cells-run": join(root, "site/cells/run.js"), "cells-editor": join(root, "site/cells/editor.js") };
const kernel = join(root, "site/python/kernel.js"); // a file of its own: the tests of the page put a stand-in in its place
if (existsSync(kernel)) late["cells-kernel"] = kernel;
await build({ ...cells, entryPoints: late, format: "esm" });

// KaTeX's script runs while the book is built; readers get its style and fonts only
const katex = join(root, "node_modules/katex/dist");
await build({
  ...common,
  entryPoints: [join(katex, "katex.css")],
  outfile: join(out, "site/static/maths/katex.css"),
  loader: { ".woff2": "copy", ".woff": "empty", ".ttf": "empty" },
  assetNames: "[name]",
});
await copy(join(katex, "katex.min.js"), join(out, "site/maths/katex.min.js"));

// plots: as it comes, and loaded by a page only once a plot is reached (widgets/ui/plotly.js)
await copy(join(root, "node_modules/plotly.js-gl3d-dist-min/plotly-gl3d.min.js"), join(out, WIDGETS, "static/plotly.js"));
await copy(join(root, "node_modules/plotly.js-cartesian-dist-min/plotly-cartesian.min.js"), join(out, "site/static/plotly-plane.js"));

async function copy(from, to) {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}
