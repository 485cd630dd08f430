"""``impasto studio`` as it is, but for galleries and variants that are painted in no time."""

from impasto.__main__ import main
from impasto.studio import gallery, variants

gallery.GALLERY = gallery.GALLERY.replace(size=32, plan=((32, 1),))
variants.SMALL_VARIANT, variants.FEW = 32, 1

if __name__ == "__main__":
    main()
