"""The site: python -m sphinx -W -b html docs OUT (the extra `docs`). Notebooks are shown as they were stored."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import gather

project, author = "hebbnet", "The hebbnet authors"
version = release = gather.hb.__version__
copyright = f"{author}, MIT licence"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["benchmarks", "demo", "figures"]
html_theme = "furo"
html_title = "hebbnet"
html_static_path, html_css_files = ["static"], ["wide.css"]

nb_execution_mode = "off"
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it, with shapes and units
autodoc_preserve_defaults = True
napoleon_custom_sections = [("Attributes", "params_style")]  # autodoc lists them once already
napoleon_use_param = False  # "(n, d) array" is no name to look up
napoleon_use_rtype = False


def setup(app: Any) -> None:
    """Gather what is not in docs, and take docstrings as they are written."""
    gather.gather()
    app.connect("autodoc-process-docstring", gather.as_written, priority=400)
