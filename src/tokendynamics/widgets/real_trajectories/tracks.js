// What the plane and the space draw: each token's way through the layers, and where it stands now.
import { state_at } from "./senses.js";

/** Tracks of the tokens that `state` shows, in the directions `components`; the followed word's come last, so that they lie on top. */
export function tracksOf(data, state, components) {
  const entry = data.words[state.word],
    axes = components.map((c) => c - 1);
  const alone = state.tokens === "all" && state.shown.length === 1; // room for every name
  const tracks = state.shown.flatMap((id) => {
    const sentence = data.sentences[id],
      number = entry.sentences.indexOf(id) + 1;
    const which = state.tokens === "word" ? [sentence.target] : sentence.tokens.map((_, i) => i);
    return which.map((i) => {
      const whole = sentence[state.basis].map((states) => axes.map((k) => states[i][k]));
      const at = state_at(whole, state.layer),
        name = sentence.tokens[i],
        main = i === sentence.target;
      return {
        key: `${id}-${i}`,
        sense: entry.senses.indexOf(sentence.sense),
        main,
        whole,
        at,
        path: [...whole.slice(0, Math.ceil(state.layer)), at],
        named: main || alone,
        short: alone ? name : String(number),
        name: main ? `${number} ${name}, ${sentence.sense}` : `${number} ${name}`,
        about: `${name}, sentence ${number}, ${sentence.sense}`,
      };
    });
  });
  return tracks.sort((one, other) => one.main - other.main);
}

/** The same tokens' ways through the model as it learned, whole; none where nothing in it is changed. */
export function ghostsOf(data, ghost, state, components) {
  if (!ghost) return [];
  const learned = { ...data, sentences: data.sentences.map((sentence, i) => ({ ...sentence, ...ghost[i] })) };
  return tracksOf(learned, state, components).map((track) => ({ ...track, key: `learned-${track.key}` }));
}

/** The smallest frame of equal sides around all layers of the tracks: {middle, half}. */
export function frameOf(tracks, dimensions) {
  const seen = tracks.flatMap(({ whole }) => whole);
  const ends = Array.from({ length: dimensions }, (_, k) =>
    seen.length ? [Math.min(...seen.map((p) => p[k])), Math.max(...seen.map((p) => p[k]))] : [-1, 1],
  );
  return { middle: ends.map(([low, high]) => (low + high) / 2), half: 0.56 * Math.max(...ends.map(([low, high]) => high - low), 1e-3) };
}
