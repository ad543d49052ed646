"""AdamW, the optimiser that trains every small model of this book (Loshchilov and Hutter 2019)."""

import numpy as np


class AdamW:
    """Steps downhill for a dict of arrays, changed in place.

    parameters : {name: array}; the optimiser keeps a running mean of each gradient and of its square
    betas      : how slowly those two means forget;  eps : keeps the division finite
    decay      : share of each weight that is taken away a unit of learning rate; apart from the gradient (AdamW).
                 With 0 it is Adam (Kingma and Ba 2015).
    """

    def __init__(self, parameters, *, betas=(0.9, 0.999), eps=1e-8, decay=0.0):
        self.parameters, self.betas, self.eps, self.decay = parameters, betas, eps, decay
        self.mean = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.square = {name: np.zeros_like(value) for name, value in parameters.items()}
        self.steps = 0

    def step(self, gradients, rate):
        """One step of length `rate` along `gradients`, {name: array}; names without a gradient stay as they are."""
        self.steps += 1
        slow, slower = self.betas
        for name, gradient in gradients.items():
            mean, square, value = self.mean[name], self.square[name], self.parameters[name]
            mean += (1 - slow) * (gradient - mean)
            square += (1 - slower) * (gradient * gradient - square)
            value *= 1 - rate * self.decay
            unbiased = mean / (1 - slow**self.steps)
            value -= rate * unbiased / (np.sqrt(square / (1 - slower**self.steps)) + self.eps)
