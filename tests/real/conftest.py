"""The two real models, read once for all tests; what they give is measured, so no test may change them."""

from dataclasses import dataclass, field

import pytest

from tokendynamics.real import minilm, smollm


@dataclass(frozen=True)
class Remembering(minilm.Model):
    """Runs each sentence once: several tests ask for the same."""

    known: dict = field(default_factory=dict, init=False, compare=False)  # a shuffled model begins its own

    def forward(self, sentence):
        if sentence not in self.known:
            self.known[sentence] = super().forward(sentence)
            for array in self.known[sentence]:
                array.flags.writeable = False
        return self.known[sentence]


@pytest.fixture(scope="session")
def mini():
    model = minilm.load(packed=False)
    return Remembering(model.weights, model.tokenizer, model.n_heads)


@pytest.fixture(scope="session")
def smol():
    return smollm.load()
