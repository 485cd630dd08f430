"""Everyone can use the page: on a phone, by keyboard, with a screen reader."""

import pytest

from tests.support.studio_page import finished


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_scrolls_down_only_and_text_stands_out(open_page, scheme):
    page = open_page(width=390, scheme=scheme)
    page.locator("#history button").first.click()
    finished(page)
    for selector in ("#more > button", "#advanced > button", "#details summary"):
        page.click(selector)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    contrasts = page.evaluate(CONTRASTS)
    assert contrasts
    assert {words: ratio for words, ratio in contrasts.items() if ratio < 4.5} == {}


def test_a_keyboard_reaches_everything_and_a_screen_reader_names_it(open_page):
    page = open_page()
    page.locator("#history button").first.focus()
    page.keyboard.press("Enter")
    finished(page)
    for selector in ("#more > button", "#advanced > button"):
        page.locator(selector).focus()
        page.keyboard.press("Enter")
    page.locator("#advanced .group > button").first.wait_for()
    for group in page.locator("#advanced .group > button").all():
        group.press("Enter")
    page.locator("#setting-memory").wait_for()
    assert page.evaluate(NAMELESS) == []
    slider = page.locator(".compare input")
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert page.locator(".compare").evaluate("e => e.style.getPropertyValue('--at')") == "5%"
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.mouse.click(2, 2)  # tabs begin where the last click was
    reached, places = [], "#photographs, #paint, #continue, #open"
    for _ in range(160):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(f"document.activeElement.closest('{places}')?.id || ''"))
    order = [reached.index(name) for name in ("photographs", "paint", "continue", "open")]
    assert order == sorted(order)


NAMELESS = """() => {
  const controls = document.querySelectorAll('button, input:not([type=file]), select, textarea, a');
  const named = e => e.ariaLabel || e.title || e.innerText?.trim() || e.alt ||
    e.labels?.length || e.getAttribute('aria-labelledby') || e.querySelector('img[alt]');
  return [...controls].filter(e => e.checkVisibility() && !named(e)).map(e => e.outerHTML);
}"""
"""Controls that a screen reader has no name for."""

CONTRASTS = """() => {
  const rgb = color => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = e => {
    for (; e; e = e.parentElement) {
      const color = rgb(getComputedStyle(e).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255];
  };
  const found = {};
  for (const e of document.querySelectorAll('.gradio-container *')) {
    const own = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
    if (!own || !e.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(paper(e))];
    found[own.slice(0, 40)] = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }
  return found;
}"""
"""Contrast of every text with what is behind it, as WCAG 2.2 defines it."""
