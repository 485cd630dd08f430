"""Run examples/quickstart.ipynb and keep its pictures: `make notebook`.

What a cell prints while it works is left out, and so is what differs from run to run without
meaning anything.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).resolve().parents[1] / "examples" / "quickstart.ipynb"


def main() -> None:
    """Run the notebook in an empty folder, and write it with what its cells answer."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        where = {"metadata": {"path": folder}}
        NotebookClient(notebook, record_timing=False, resources=where).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [kept(o) for o in cell.outputs if o.output_type != "stream"]
    notebook.metadata.language_info = {"name": "python"}
    nbformat.write(notebook, NOTEBOOK)
    print(f"{NOTEBOOK.name}: {NOTEBOOK.stat().st_size // 1000} kB")


def kept(output: Any) -> Any:
    """Return an answer with its picture once: as JPEG where there are both, which is smaller."""
    if "image/jpeg" in output.data:
        output.data.pop("image/png", None)
    return output


if __name__ == "__main__":
    main()
