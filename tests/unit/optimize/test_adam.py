import torch

from impasto.optimize.adam import Adam

CURVATURES = torch.logspace(0, 2, 30, dtype=torch.float64)
MINIMUM = torch.linspace(-1, 1, 30, dtype=torch.float64)


def test_it_approaches_the_minimum():
    optimizer, x = Adam(), torch.zeros(30, dtype=torch.float64)
    for _ in range(300):
        x = optimizer.step(x, CURVATURES * (x - MINIMUM))
    assert (x - MINIMUM).abs().max() < 0.05


def test_restart_halves_the_step_and_forgets():
    optimizer = Adam()
    first = optimizer.step(torch.zeros(3), torch.tensor([1.0, 2.0, 4.0]))
    for _ in range(3):
        optimizer.step(torch.zeros(3), torch.rand(3))
    optimizer.restart()
    again = optimizer.step(torch.zeros(3), torch.tensor([1.0, 2.0, 4.0]))
    torch.testing.assert_close(again, first / 2)


def test_a_step_changes_neither_image_nor_gradient():
    optimizer, image, slope = Adam(), torch.zeros(3), torch.tensor([1.0, 2.0, 3.0])
    for _ in range(4):
        optimizer.step(image, slope)
    assert torch.equal(image, torch.zeros(3))
    assert torch.equal(slope, torch.tensor([1.0, 2.0, 3.0]))


def test_its_steps_are_those_of_torchs_adam_and_go_on_from_its_state():
    x = torch.zeros(30, dtype=torch.float64)
    theirs = x.clone().requires_grad_()
    reference = torch.optim.Adam([theirs], lr=0.05, betas=(0.9, 0.99), eps=1e-12)
    optimizer = Adam(0.05)
    for _ in range(12):
        theirs.grad = CURVATURES * (theirs.detach() - MINIMUM)
        reference.step()
        x = optimizer.step(x, CURVATURES * (x - MINIMUM))
        torch.testing.assert_close(x, theirs.detach(), rtol=1e-9, atol=1e-12)
        kept, optimizer = optimizer.state(), Adam()
        optimizer.restore(dict(kept))


def test_restored_to_a_state_without_moments_it_begins_anew():
    fresh, used = Adam(), Adam(0.5)
    slope = torch.tensor([1.0, 2.0, 4.0])
    used.step(torch.zeros(3), slope)
    used.restore(fresh.state())
    assert torch.equal(used.step(torch.zeros(3), -slope), fresh.step(torch.zeros(3), -slope))
