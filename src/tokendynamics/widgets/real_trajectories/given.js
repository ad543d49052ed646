// Sentences to begin with: those that share a word, with its sense in each.
export default [
  { title: "seal: on the ice, on a letter", sentences: ["The seal swam under the ice.", "The letter had a wax seal."] },
  { title: "bat: in the cave, in the hand", sentences: ["A bat flew out of the dark cave.", "He swung the bat and hit the ball."] },
  {
    title: "match: a fire, a game, a game",
    sentences: ["She lit the fire with a match.", "They lost the match in the rain.", "The match ended without a goal."],
    senses: ["A", "B", "B"],
  },
  { title: "one sentence: bank of the river", sentences: ["He counted his money at the bank of the river."] },
];
