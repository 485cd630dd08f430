"""What ``import impasto`` offers: pictures in, a `Result` out."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from impasto.backbones import BACKBONES
from impasto.cluster import Hands
from impasto.errors import look_up
from impasto.gigapixel import with_workers
from impasto.job import Shape, Sources, as_painting, prepare
from impasto.run import Result, run
from impasto.settings import CLIP_SPECS, SPECS, ClipSettings, Settings, apply, check, with_look
from impasto.video import Clip, FrameInWork

FollowProgress = Callable[[Result], object]
"""Called after every evaluation with the painting as far as it has come."""


def check_keywords(settings: Iterable[str], *others: str) -> None:
    """Raise UnknownName for a keyword argument that is neither a setting nor one of the others."""
    known = dict.fromkeys([*others, *SPECS])
    for name in settings:
        look_up(known, name, "argument")


def chosen_settings(preset: str | None, look: str | None, given: dict[str, Any]) -> Settings:
    """Return what is given, over a look, over a preset."""
    return apply(preset, with_look(look, given, lambda values: apply(preset, values)))


def stylize(
    content: Any,
    style: Any,
    *,
    preset: str | None = None,
    look: str | None = None,
    progress: FollowProgress | None = None,
    content_mask: Any = None,
    style_mask: Any = None,
    workers: int | str | None = None,
    cluster: str | None = None,
    **settings: Any,
) -> Result:
    """Paint a photograph in the style of one or several paintings.

    Args:
        content: The photograph: a path, the bytes of a file, an open file, a PIL image, an array
            (H, W, 3) or a tensor (3, H, W).
        style: The painting, or a sequence of paintings, likewise.
        preset: A row of `impasto.settings.PRESETS` to start from.
        look: A row of `impasto.settings.LOOKS`, over that.
        progress: Called after every evaluation.
        content_mask: Where to paint: a mask or a sequence of masks, see `impasto.controls`.
        style_mask: With which part of the paintings, likewise.
        workers: Let so many processes of this machine evaluate the tiles of a picture that is too
            large for one; ``"auto"`` for as many as it has processors and memory for.
        cluster: Or the workers of a Dask cluster, by the address of its scheduler.
        **settings: See `Settings`; for instance ``size=1024, style_weight=200``.

    Returns:
        The painted picture with its history, settings and timings.

    Raises:
        UsageError: If an argument is wrong; nothing expensive has been done then.

    Example:
        >>> from impasto.samples import painting, photograph
        >>> result = stylize(photograph("coffee"), painting("swirls"), size=64, iterations=2)
        >>> result.image.size
        (64, 43)
    """
    masks = {"content_mask": content_mask, "style_mask": style_mask}
    check_keywords(settings, "preset", "look", "progress", *masks, "workers", "cluster")
    chosen, hands = chosen_settings(preset, look, settings), Hands.of(workers, cluster)
    with with_workers(prepare(content, style, chosen, **masks), hands, chosen.tile) as job:
        for result in run(job):
            if progress is not None:
                progress(result)
    return result


def stylize_steps(
    content: Any,
    style: Any,
    *,
    preset: str | None = None,
    look: str | None = None,
    content_mask: Any = None,
    style_mask: Any = None,
    **settings: Any,
) -> Iterator[Result]:
    """Return an iterator over the evaluations of `stylize`; stop at any with ``break``.

    It yields the painting as far as it has come, always the same object: see its ``step``,
    ``preview`` and ``history``.

    Raises:
        UsageError: At once, if an argument is wrong.
    """
    check_keywords(settings, "preset", "look", "progress", "content_mask", "style_mask")
    chosen = chosen_settings(preset, look, settings)
    masks = {"content_mask": content_mask, "style_mask": style_mask}
    return run(prepare(content, style, chosen, **masks))


def reconstruct(
    image: Any,
    *,
    content_layers: Any = None,
    style_layers: Any = None,
    size: Shape | str | None = None,
    progress: FollowProgress | None = None,
    **settings: Any,
) -> Result:
    """Invert the features of a picture, or make a texture of its style.

    Args:
        image: A path, the bytes of a file, an open file, a PIL image, an array (H, W, 3) or a
            tensor (3, H, W).
        content_layers: Layers to invert, as in `Settings`; or
        style_layers: layers whose statistics become a texture. One of the two.
        size: Long side of the result in pixels; a texture may have any shape, like ``(800, 600)``
            or ``"800x600"``, width first.
        progress: Called after every evaluation.
        **settings: See `Settings`. The start is noise, with 200 iterations, unless given.

    Raises:
        UsageError: If an argument is wrong; nothing expensive has been done then.

    Example:
        >>> from impasto.samples import painting
        >>> texture = reconstruct(
        ...     painting("dots"), style_layers="relu1_1,relu2_1", size=(48, 32), iterations=2
        ... )
        >>> texture.image.size
        (48, 32)
    """
    check_keywords(settings, "preset", "content_layers", "style_layers", "size", "progress")
    sources: Sources = as_painting(image, content_layers, style_layers, size, settings)
    for result in run(prepare(*sources)):
        if progress is not None:
            progress(result)
    return result


def texture(image: Any, style_layers: Any = None, **arguments: Any) -> Result:
    """Make a texture of a picture's style: `reconstruct` with style layers, by default the usual.

    Example:
        >>> from impasto.samples import painting
        >>> texture(painting("dots"), size=(48, 32), iterations=2).image.size
        (48, 32)
    """
    if style_layers is None:
        name = check("backbone", arguments.get("backbone", Settings().backbone))
        style_layers = BACKBONES[name].style_layers
    return reconstruct(image, style_layers=style_layers, **arguments)


def stylize_video(
    clip: str | Path,
    style: Any,
    output: str | Path | None = None,
    *,
    preset: str | None = None,
    look: str | None = None,
    sound: bool = True,
    **settings: Any,
) -> Iterator[FrameInWork]:
    """Return an iterator over the frames of a clip as they are finished; stop with ``break``.

    Each has an ``index``, from 0, and its ``result.image``.

    Args:
        clip: A film; or a folder of pictures, or a pattern of them like ``frames/%04d.png``.
        style: The painting, or a sequence of paintings, as in `stylize`.
        output: The film to write once all frames are finished, or a folder for numbered pictures
            if it has no extension. Until then the frames are kept beside it, in a folder that ends
            in ``.frames``: another call with the same arguments goes on with them, and yields those
            that are missing. None for frames that are kept nowhere.
        preset: A row of `impasto.settings.PRESETS` to start from.
        look: A row of `impasto.settings.LOOKS`, over that.
        sound: Whether the film has the sound of the clip.
        **settings: See `Settings`, and `impasto.settings.ClipSettings`; for instance
            ``size=640, sweeps=2, start=3, end=8``.

    Raises:
        UsageError: At once, if an argument is wrong or a package is missing.
    """
    check_keywords(settings, "clip", "style", "output", "preset", "look", "sound", *CLIP_SPECS)
    how = ClipSettings(**{name: settings.pop(name) for name in CLIP_SPECS if name in settings})
    chosen = chosen_settings(preset, look, settings)
    styles = style if isinstance(style, list | tuple) else (style,)
    work = Clip.check(clip, styles, chosen, how, None if output is None else Path(output), sound)
    return _frames(work)


def _frames(work: Clip) -> Iterator[FrameInWork]:
    """Yield the finished frames, and write the film at the end if there is to be one."""
    with tempfile.TemporaryDirectory(prefix="impasto-") as nowhere:
        painter = work.begin(Path(nowhere) if work.output is None else work.folder)
        for frame in painter.paint():
            if frame.is_finished:
                yield frame
        if work.output is not None:
            work.write(painter)
