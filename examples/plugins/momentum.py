"""An optimizer: gradient descent with momentum."""

from impasto.optimize import Optimizer
from impasto.plugins import register


@register.optimizer("momentum", "gradient descent with momentum", learning_rate=0.02)
class Momentum(Optimizer):
    """Keep nine tenths of the speed: ``v ← 0.9 v + g / u`` and ``x ← x - ε v``.

    The mean size u of the first gradient makes ε a change of pixels, whatever the loss's scale.
    """

    def __init__(self, learning_rate, history):
        """Begin at rest; ``history`` is for optimizers that keep more than one step."""
        self.learning_rate, self.unit, self.speed = learning_rate, 0.0, 0.0

    def step(self, image, gradient, total):
        """Return the next image, given the gradient and the loss at this one."""
        self.unit = self.unit or max(float(gradient.abs().mean()), 1e-30)
        self.speed = 0.9 * self.speed + gradient / self.unit
        return image - self.learning_rate * self.speed

    def restart(self):
        """Go on from rest with half the step length, after a divergence."""
        self.learning_rate, self.unit, self.speed = self.learning_rate / 2, 0.0, 0.0

    def state(self):
        """Return everything that the next steps depend on: it goes into checkpoints."""
        return {"learning_rate": self.learning_rate, "unit": self.unit, "speed": self.speed}

    def restore(self, state):
        """Take over what `state` has returned."""
        self.learning_rate, self.unit, self.speed = map(
            state.__getitem__, ("learning_rate", "unit", "speed")
        )
