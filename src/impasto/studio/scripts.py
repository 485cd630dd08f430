"""The scripts of the page, which lie beside this file."""

from __future__ import annotations

from pathlib import Path

ALOUD = "element.setAttribute('aria-live', 'polite'); element.setAttribute('role', 'status');"
"""What changes in it is read aloud by a screen reader."""


def script(name: str) -> str:
    """Return one of the scripts."""
    return (Path(__file__).parent / f"{name}.js").read_text(encoding="utf-8")


TO_STAGE = """() => {
  const stage = document.getElementById('stage');
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const behavior = calm ? 'auto' : 'smooth';
  if (innerWidth <= 800) stage.scrollIntoView({behavior});
  else {
    document.getElementById('easel').scrollTo({top: 0, behavior});
    if (stage.getBoundingClientRect().top < 0) scrollTo({top: 0, behavior});
  }
}"""
"""On a narrow page the picture is further down, and from the history it is further up: go there."""

TO_HISTORY = """() => {
  if (document.getElementById('compare').textContent.trim() !== 'Compare') return;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const behavior = calm ? 'auto' : 'smooth';
  document.getElementById('history').scrollIntoView({block: 'center', behavior});
}"""
"""Where one chooses what to compare with."""

TO_SCREEN = """() => {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const screen = document.getElementById('screen');
  if (innerWidth <= 800 || screen.getBoundingClientRect().top < 0)
    screen.scrollIntoView({behavior: calm ? 'auto' : 'smooth'});
}"""
"""Where films are seen, if that is out of sight."""
