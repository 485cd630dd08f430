"""An initialization: the content's average color everywhere."""

from impasto.plugins import register


@register.init("average", "the content's average color")
def average(content, styles, generator):
    """Return an image (1, 3, H, W) of one color; styles and random numbers are not needed."""
    return content.mean(dim=(2, 3), keepdim=True).expand_as(content).clone()
