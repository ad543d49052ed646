// A reader's own sentences through the model, and all that is drawn of them. Mirrors real/own.py: see there for the form of what is asked and
// answered. Files are asked for as a request needs them; what was computed for the sentences now shown is kept.
import { per_cents } from "../attention_maps.js";
import { anchor_of, towards } from "./anchors.js";
import { changes_a_head } from "./bent.js";
import { fitted, journeys, places, rounded } from "./journeys.js";
import { measured_laws } from "./laws.js";
import { moved, others } from "./moved.js";
import { nearest } from "./near.js";
import { modelParts } from "./parts.js";
import { LEARNED, passes } from "./passes.js";
import { read } from "./sentences.js";

/** A newer request came: this one is not finished. */
class Overtaken extends Error {}

/**
 * @param {{ card: any, need: (file: string) => Promise<any> }} given `card` as card.json; `need` hands over a file of data/minilm by its name
 */
export function ownModel(given) {
  const parts = modelParts(given);
  const kept = { passes: new Map(), fits: { of: "", found: null }, last: { of: "", found: null } };

  /**
   * What real/own.py gives, or null where `cancelled()` said that a newer request came. What a hand on a slider waits for comes at once: "laws"
   * and "control" are null, and nearest words are left out while their files are still to come. With `controls`, once no newer request has come
   * for a while and whether or not anything is changed, these come too, and `onPart` hears the answer as it grows: laws, nearest words, control.
   */
  async function own(wanted, { controls = false, onPart = (_) => {}, cancelled = () => false } = {}) {
    async function breathe() {
      await turn();
      if (cancelled()) throw new Overtaken();
    }
    try {
      return await answer(parts, kept, wanted, { controls, onPart, breathe });
    } catch (error) {
      if (error instanceof Overtaken) return null;
      throw error;
    }
  }
  return { own };
}

async function answer(parts, kept, wanted, { controls, onPart, breathe }) {
  const asked = read(wanted, await arrived(parts.tokenizer(), breathe));
  if (asked.refused) return asked;
  const { made_of, sentences, anchors } = asked;
  const ids = [...sentences, ...anchors].flatMap((each) => each.ids);
  const [row, model] = await arrived(Promise.all([parts.words(ids), parts.model()]), breathe);
  const pass = passes(model, row, kept.passes, breathe);

  const { runs: before } = await pass(sentences, LEARNED);
  const found = await remembered(kept.last, made_of, async () => {
    const { layers, runs: after } = await pass(sentences, made_of);
    const toward = (await pass(anchors, LEARNED)).runs.map(({ states }) => anchor_of(states));
    const fits = await remembered(kept.fits, [made_of.sentences, made_of.word], () => fitted(before));
    await breathe();
    return { ...picture(asked, before, after, fits, toward), after, layers };
  });
  add_near(found, parts.near_words());
  if (!controls) return shown(found);
  await breathe();
  found.laws ??= laws_of(found);
  onPart(shown(found));
  await arrived(parts.load_near(), breathe);
  add_near(found, parts.near_words());
  if (!changes_a_head(made_of) || found.control) return shown(found);
  onPart(shown(found));
  found.control = await controlled(made_of, parts.heads, before, (change) => pass(sentences, change));
  return shown(found);
}

/** What is drawn at once: all but nearest words, laws and controls. */
function picture({ made_of, shared }, before, after, fits, toward) {
  const anchored = (runs) => runs.map(({ states }) => (toward.length ? { anchors: rounded(towards(states, toward), 4) } : {}));
  const changed = !neutral(made_of);
  const data = journeys(after, fits);
  const anchors = anchored(after);
  data.sentences = data.sentences.map((sentence, i) => ({ ...sentence, ...anchors[i] }));
  data.attention = per_cents(after.map(({ attentions }) => attentions));
  const learned = changed && anchored(before);
  return {
    made_of,
    shared,
    data,
    ghost: changed ? places(before, fits).map((place, i) => ({ ...place, ...learned[i] })) : null,
    moved: changed ? moved(before, after) : null,
    control: null,
    laws: null,
  };
}

const laws_of = ({ layers, after, made_of }) =>
  rounded(
    measured_laws(
      layers,
      after.map(({ states }) => states),
      made_of.without,
    ),
    4,
  );

/** The nearest words of the followed token, once their table is there. */
function add_near({ data, after }, table) {
  if (!table || data.sentences[0].near) return;
  after.forEach(({ states, target, word }, i) => {
    const followed = states.map((tokens) => tokens[target]);
    data.sentences[i].near = nearest(table, followed, word);
  });
}

/** The same change in other heads of the layer: how far each moves the states, {heads, word, all}. */
async function controlled(made_of, n_heads, before, pass) {
  const [layer, head] = made_of.bent,
    heads = others(layer, head, n_heads);
  const found = await one_by_one(heads, async (other) => moved(before, (await pass({ ...made_of, bent: [layer, other] })).runs));
  return { heads, word: found.map(({ word }) => word), all: found.map((each) => each.all) };
}

/** The answer without what it was made of. */
const shown = ({ after, layers, ...found }) => ({
  ...found,
  data: { ...found.data, sentences: found.data.sentences.map((sentence) => ({ ...sentence })) },
});

const neutral = (change) => !changes_a_head(change) && change.without === "nothing";

/** What was made last, as long as it was made of the same. */
async function remembered(kept, of, made) {
  const name = JSON.stringify(of);
  if (kept.of === name) return kept.found;
  const found = await made();
  Object.assign(kept, { found, of: name });
  return found;
}

async function one_by_one(list, made) {
  const found = [];
  for (const each of list) found.push(await made(each));
  return found;
}

/** What a promise brings; a newer request does not wait for it. */
async function arrived(promise, breathe) {
  const later = () => new Promise((resolve) => setTimeout(resolve, 30, null));
  const boxed = promise.then((value) => ({ value }));
  for (let box = null; ; await breathe()) {
    box = await Promise.race([boxed, later()]);
    if (box) return box.value;
  }
}

/** Lets what waits outside, such as a newer request, have its turn. A timer would take 4 ms each time. */
function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(null);
    };
    port2.postMessage(null);
  });
}
