"""What the two small models that are trained here, of roles and of pairs, have in common."""

from itertools import islice

import numpy as np

from ..learning import batches, cross_entropy, descend


def judged(logits, wanted):
    """What was said, (b, m, W), against what was wanted, (b, m): accuracy, mean log-probability, all-right (m,)."""
    right = logits.argmax(axis=-1) == wanted  # (b, m)
    loss, _ = cross_entropy(logits, wanted)
    return float(right.mean()), -float(loss.mean()), np.logical_and.accumulate(right, axis=1).mean(axis=0)


def trained(optimiser, draw, loss_and_gradients, measure, *, rng, count, batch, held_out, steps, every, rate):
    """The fields of a `Run`: the columns of its records, the accuracy on what was learned from, and the parameters.

    `draw(rng, n)` gives n sequences, `measure(p, batch)` what is recorded of them. Training ends early where the loss is no number.
    """
    p, test = optimiser.parameters, draw(rng, held_out)
    pool = test if count is None else draw(rng, count)
    stream = iter(lambda: draw(rng, batch), None) if count is None else batches(rng, pool, batch)
    records = [(0, *measure(p, test))]
    with np.errstate(all="ignore"):  # a rate that is too large shows in the loss
        for step, _ in descend(optimiser, islice(stream, steps), loss_and_gradients, rate):
            if step % every == 0 or step == steps:
                records.append((step, *measure(p, test)))
        own = measure(p, type(pool)(*(column[:held_out] for column in pool))).accuracy
    return *(np.array(column) for column in zip(*records)), own, p
