"""A Neural Algorithm of Artistic Style (Gatys, Ecker, Bethge 2015), equation by equation.

    python examples/gatys_in_one_page.py photo.jpg painting.jpg vgg_conv.pth out.png

The paper's N_l is C here, the number of channels; its M_l is M = H W. Features F are C x M.
Nothing is imported from Impasto: its tests hold it to the numbers of this page.
"""

import sys

import torch
import torch.nn.functional as nnf
from PIL import Image, ImageOps

BLOCKS = {1: 2, 2: 2, 3: 4, 4: 4, 5: 1}  # convolutions per block, up to conv5_1
STYLE_LAYERS = ["conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1"]
CONTENT_LAYER = "conv4_2"


def network(image, weights):  # image (3, H, W), sRGB in [0, 1]
    """Return the rectified responses of VGG-19 by layer, each F (C, M)."""
    mean = torch.tensor([103.939, 116.779, 123.68], dtype=image.dtype)  # blue, green, red
    x = (image.flip(0) * 255 - mean[:, None, None])[None]
    F = {}
    for block, convolutions in BLOCKS.items():
        for index in range(1, convolutions + 1):
            name = f"conv{block}_{index}"
            x = nnf.conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], padding=1).relu()
            F[name] = x[0].flatten(1)
        x = nnf.avg_pool2d(x, 2)  # "replacing the max-pooling operation by average pooling"
    return F


def content_loss(F, P):
    """Equation 1: L_content = 1/2 sum_ij (F_ij - P_ij)^2. Autograd supplies equation 2."""
    return 0.5 * (F - P).pow(2).sum()


def gram(F):
    """Equation 3: G_ij = sum_k F_ik F_jk, here over M, so that pictures of all sizes compare."""
    return F @ F.T / F.shape[1]


def style_loss(G, A):
    """Equation 4: E_l = 1/(4 C^2 M^2) sum_ij (G_ij - A_ij)^2. Autograd supplies equation 6."""
    C = G.shape[0]
    return (G - A).pow(2).sum() / (4 * C**2)  # M^2 is in the Gram matrices


def total_loss(F, P, A, alpha, beta):
    """Equations 5 and 7: L = alpha L_content + beta sum_l w_l E_l, with w_l = 1/5."""
    style = [style_loss(gram(F[layer]), A[layer]) / len(STYLE_LAYERS) for layer in STYLE_LAYERS]
    return alpha * content_loss(F[CONTENT_LAYER], P) + beta * sum(style)


def descend(image, loss, steps, history=10, longest=0.03):
    """Yield (loss, image) while L-BFGS (Nocedal 1980) changes the pixels; one evaluation a step."""
    pairs = []  # (s, y): a step, and how it changed the gradient
    for _ in range(steps):
        image = image.detach().requires_grad_()
        value = loss(image)
        (g,) = torch.autograd.grad(value, image)
        yield value.item(), image.detach()
        if pairs:
            pairs[-1] = (pairs[-1][0], g - pairs[-1][1])
            pairs = [(s, y) for s, y in pairs if (s * y).sum() > 1e-10 * s.norm() * y.norm()]
        q, a = g, {}
        for i in reversed(range(len(pairs))):
            s, y = pairs[i]
            a[i] = (s * q).sum() / (s * y).sum()
            q = q - a[i] * y
        s, y = pairs[-1] if pairs else (g, g)
        cosine = (s * y).sum() / (s.norm() * y.norm())
        q = q * cosine.sqrt() * s.norm() / y.norm()
        for i, (s, y) in enumerate(pairs):
            q = q + s * (a[i] - (y * q).sum() / (s * y).sum())
        length = q.abs().mean()  # no step, and the first exactly, moves a pixel by 3 % on average
        q = q * longest / length if length > longest or not pairs else q
        pairs = [*pairs, (-q, g)][-history:]
        image = image.detach() - q


def read(path, long_side=512):
    """Return a picture file as a tensor (3, H, W)."""
    picture = ImageOps.contain(Image.open(path).convert("RGB"), (long_side, long_side))
    values = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
    return values.view(picture.height, picture.width, 3).permute(2, 0, 1) / 255


if __name__ == "__main__":
    photo, painting = read(sys.argv[1]), read(sys.argv[2])
    weights = torch.load(sys.argv[3], weights_only=True)
    P = network(photo, weights)[CONTENT_LAYER]
    A = {layer: gram(F) for layer, F in network(painting, weights).items()}
    image = 0.5 + 0.25 * torch.randn(photo.shape)  # "a white noise image"
    loss = lambda x: total_loss(network(x, weights), P, A, alpha=1.0, beta=1e3)  # noqa: E731
    for value, image in descend(image, loss, steps=500):  # noqa: B007, B020
        print(value)
    pixels = (image.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
    Image.fromarray(pixels).save(sys.argv[4])
