"""The numbers that a picture of one head in a plane shows."""

import numpy as np

from .. import _checks
from ..attention import attention_weights, content, force, potential
from ..knowledge import knowledge


class Lab:
    """The numbers that a Force lab picture shows: checked once, computed once."""

    def __init__(self, tokens, Q, K, V, names, selected, scale, include_self):
        self.tokens = _checks.tokens(tokens)
        if self.tokens.ndim != 2 or self.tokens.shape[1] != 2:
            raise ValueError(f"tokens must have shape (n, 2), a plane; got shape {self.tokens.shape}")
        if len(names) != len(self.tokens):
            raise ValueError(f"names must be one for each of the {len(self.tokens)} tokens; got {len(names)}")
        if not 0 <= selected < len(self.tokens):
            raise ValueError(f"selected must be the index of one of the {len(self.tokens)} tokens; got {selected}")
        self.Q, self.K, self.names, self.selected, self.scale = Q, K, list(names), selected, scale
        options = {"include_self": include_self, "scale": scale}
        self.exclude = None if include_self else selected
        self.at = self.tokens[selected]
        self.weights = attention_weights(tokens, Q, K, **options)[selected]
        self.potential = potential(tokens, Q, K, **options)[selected]
        self.force = force(tokens, Q, K, **options)[selected]
        self.motion = content(tokens, Q, K, V, **options)[selected]
        self.mobility = knowledge(Q, K, V) / scale if scale else np.zeros((2, 2))  # M∇φ is then V T a whatever β
