"""How Sphinx turns the pages of docs/ and our docstrings into a site."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path

from docutils.nodes import TextElement
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from parse_orm._version import __version__  # noqa: E402  (the path above makes it importable)

project = "parse_orm"
author = "parse_orm contributors"
copyright = "2026, parse_orm contributors"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["_build"]
root_doc = "index"

html_theme = "furo"
html_title = f"parse_orm {version}"
html_show_sourcelink = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
copybutton_prompt_text = ">>> |\\.\\.\\. "
copybutton_prompt_is_regexp = True

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
# Without it an "Attributes:" section documents each attribute a second time.
napoleon_use_ivar = True

# `-n` reports every reference that leads nowhere. Ours must lead somewhere; the standard library's and
# other packages' would need their inventories from the network, so they are left as plain text.
nitpick_ignore_regex = [("py:.*", r"(?!parse_orm\b).*")]


def plain_text_for_internals(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: TextElement
) -> TextElement | None:
    """Leave names unlinked that a signature mentions and no package exports, such as type variables.

    What a package of ours does export must have its place on a page, so that is still reported.
    """
    root, _, rest = node.get("reftarget", "").partition(".")
    floor, _, name = rest.partition(".")
    if root != "parse_orm" or not name or find_spec(f"{root}.{floor}") is None:
        return None
    exported = getattr(importlib.import_module(f"{root}.{floor}"), "__all__", ())
    return None if name.rpartition(".")[2] in exported else shown


def setup(app: Sphinx) -> None:
    """Called by Sphinx once this file is read."""
    app.connect("missing-reference", plain_text_for_internals)
