"""How an objective is minimized: the loop, and the optimizers that it asks for steps."""
