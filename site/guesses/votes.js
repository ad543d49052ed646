// Codes counted. A reader who sends a second code, with one question more answered, is one reader: the random bits are the same, and no
// choice is another.

/** {chapter, tag, chosen} of each reader. @param {any[]} codes as decode gives them */
export function readers(codes) {
  const found = new Map();
  for (const { chapter, tag, chosen } of codes) {
    const key = `${chapter}/${tag}`;
    if (!found.has(key)) found.set(key, []);
    const same = found.get(key).find((reader) => reader.chosen.every((one, i) => one === null || chosen[i] === null || one === chosen[i]));
    if (same) same.chosen = same.chosen.map((one, i) => one ?? chosen[i]);
    else found.get(key).push({ chapter, tag, chosen });
  }
  return [...found.values()].flat();
}

/** How many chose each choice of a question of a chapter. */
export function count(all, { chapter, questions }, i) {
  const votes = questions[i].choices.map(() => 0);
  for (const reader of all) if (reader.chapter === chapter && reader.chosen[i] !== null) votes[reader.chosen[i]] += 1;
  return votes;
}
