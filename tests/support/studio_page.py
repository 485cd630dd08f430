"""The page of the studio, used as people use it. Everything waits for what it needs to see."""

import base64
from pathlib import Path
from typing import Any

Page = Any
"""A page of Playwright, which is not installed everywhere."""

LONG = "100000"
"""Iterations of a run that does not end by itself."""

FILES = """list => {
  const files = new DataTransfer();
  for (const [name, data] of list) {
    const bytes = Uint8Array.from(atob(data), each => each.charCodeAt(0));
    files.items.add(new File([bytes], name, {type: 'image/png'}));
  }
  return files;
}"""

DROP = f"""([place, list]) => {{
  const files = ({FILES})(list), target = document.querySelector(place);
  const common = {{dataTransfer: files, bubbles: true, cancelable: true}};
  for (const kind of ['dragenter', 'dragover', 'drop'])
    target.dispatchEvent(new DragEvent(kind, common));
}}"""

PASTE = f"""([list]) => document.body.dispatchEvent(
  new ClipboardEvent('paste', {{clipboardData: ({FILES})(list), bubbles: true}}))"""


def unfold(page: Page) -> None:
    """Open what iterations are folded away in."""
    page.click("#advanced > button")
    unfold_group(page, "Optimization", "iterations")


def unfold_group(page: Page, title: str, setting: str) -> None:
    """Open a group of settings; its boxes are made only then."""
    page.locator("#advanced .group > button", has_text=title).click()
    drawn(page, f"#setting-{setting}")


def unfold_everything(page: Page) -> None:
    """Open all that is folded away, but for the groups of settings."""
    for place in ("#more > button", "#regions > button", "#advanced > button", "#trial > button"):
        page.locator(place).click()
    page.click("#details summary")
    drawn(page, "#weight-4")
    page.locator("canvas[data-ready]").first.wait_for()


def drawn(page: Page, place: str) -> None:
    """Wait until something is on the page and connected: before, what is typed is not sent."""
    page.locator(place).wait_for()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def fill(page: Page, setting: str, value: str) -> None:
    """Type a value into a setting; that of the style is in multiples of what is usual."""
    box = page.locator(f"#setting-{setting} :is(input:not([type=range]), textarea)").first
    box.fill(value)
    box.press("Tab")


def filled(page: Page, setting: str, value: str) -> None:
    """Wait until the box of a setting has a value."""
    page.wait_for_function(
        "([box, value]) => document.querySelector(box)?.value === value",
        arg=[f"#setting-{setting} .exact input", value],
    )


def upload(page: Page, place: str, file: Path) -> None:
    page.locator(f"#{place} input[type=file]").set_input_files(str(file))


def open_picture(page: Page, file: Path) -> None:
    """Give the page a picture made by Impasto."""
    page.locator("#controls input[type=file]").last.set_input_files(str(file))


def accepted(page: Page, *places: str) -> None:
    """Wait until the page shows the studio's own copies."""
    for place in places:
        page.wait_for_selector(f"#{place} img[src*='/inputs/']")


def choose(page: Page, iterations: str = "2", size: str = "64") -> None:
    """Choose samples, the quick network, and small settings."""
    unfold(page)
    page.locator("#setting-backbone label", has_text="Quick").click()
    for place, sample in (
        ("photograph", "#photographs button[title=coffee]"),
        ("painting-1", "#styles button[title=ink]"),
    ):
        page.click(sample)
        accepted(page, place)
    fill(page, "size", size)
    fill(page, "iterations", iterations)


def show_first(page: Page) -> None:
    """Show the latest of the finished pictures."""
    page.locator("#history button").first.click()
    finished(page)


def number(page: Page, setting: str) -> str:
    """Return the number beside a dial."""
    return str(page.locator(f"#setting-{setting} .exact input").input_value())


def drop(page: Page, place: str, *files: tuple[str, bytes]) -> None:
    """Drop files on a part of the page, by the events that a browser sends."""
    sent = [[name, base64.b64encode(data).decode()] for name, data in files]
    page.evaluate(DROP, [place, sent])


def paste(page: Page, name: str, data: bytes) -> None:
    """Paste a file anywhere."""
    page.evaluate(PASTE, [[[name, base64.b64encode(data).decode()]]])


def paint(page: Page) -> None:
    page.click("#paint")


def finished(page: Page) -> None:
    page.wait_for_selector("#stage .compare:not(.landing)")


def shows(page: Page, place: str, words: str) -> None:
    """Wait until some words can be read somewhere."""
    page.wait_for_function(
        "([place, words]) => document.querySelector(place)?.innerText.includes(words)",
        arg=[place, words],
    )


def stroke(page: Page, place: int, color: str, *points: tuple[float, float]) -> None:
    """Paint with the mouse through points that are given as shares of width and height."""
    page.locator(f"#brushes input[value={color}]").check(force=True)
    canvas = page.locator(f"canvas[data-place='{place}'][data-ready]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for at, (x, y) in enumerate(points):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=5)
        if at == 0:
            page.mouse.down()
    page.mouse.up()


def understood(page: Page, words: str) -> None:
    """Wait until the page says what it makes of the strokes."""
    shows(page, "#understood", words)


def settled(page: Page, place: str) -> None:
    """Wait until the slider is somewhere; the box that it is typed in rounds."""
    page.wait_for_function(
        "place => document.querySelector('.stage').style.getPropertyValue('--at') === place",
        arg=place,
    )
