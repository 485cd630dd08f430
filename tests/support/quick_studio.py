"""``impasto studio``, but galleries, sketches, variants and films are painted in no time."""

from impasto.__main__ import program
from impasto.studio import film_studio, gallery, sketches, variants

gallery.GALLERY = gallery.GALLERY.replace(size=32, plan=((32, 1),))
sketches.SKETCH |= {"size": 32, "plan": ((32, 6),)}
variants.SMALL_VARIANT, variants.FEW = 32, 1
film_studio.FILM_SIZES = (48, 64)
film_studio.FILM_QUALITIES["Quick"] = {"backbone": "pocket", "iterations": 2, "levels": 1}

if __name__ == "__main__":
    program()
