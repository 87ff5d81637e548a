"""How Sphinx builds these pages; a warning is an error there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import braze_engage

if TYPE_CHECKING:
    from sphinx.application import Sphinx

sys.path.append(str(Path(__file__).parent / "_ext"))

project = "braze_engage"
author = "the braze_engage authors"
project_copyright = author
version = release = braze_engage.__version__

extensions = ["myst_parser", "rows", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
source_suffix = {".md": "markdown"}
default_role = "py:obj"

html_theme = "furo"
html_title = f"braze_engage {release}"

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_default_options = {"members": True}
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
napoleon_numpy_docstring = False
napoleon_use_ivar = True

nitpicky = True
nitpick_ignore_regex = [
    # The standard library and dependencies, whose pages are not fetched to build these.
    ("py:.*", r"(collections|datetime|decimal|enum|os|pathlib|requests|types|typing)\..*"),
    ("py:class", r"AttributeOverride|date|datetime|timedelta"),
    # Type variables, private bases, and names of types that only annotations mention.
    ("py:.*", r"(.*\.)?(_\w+|[A-Z](_co)?)"),
    (
        "py:class",
        r"AliasLike|Availability|Clock|CustomValue|CallHook|Entries|KeyFallback|KeyLike|Method|Priority",
    ),
    ("py:class", r"EngageCall|Identity|Json\w*|PartnerKeys|PathRule|RetryPolicy|StateStore|Users"),
    (
        "py:class",
        r"Audience|Described|MembershipChange|Unusable|Attribute(Change|Write)|EventChange",
    ),
    ("py:class", r"braze_engage\.engage\.calls\.(EngageCall|Unusable)"),
    ("py:class", r"Credential|Paging|Campaigns|Canvases|Catalogs|ContentBlocks|CustomAttributes"),
    ("py:class", r"CustomEvents|EmailTemplates|Segments|SubscriptionGroups"),
    (
        "py:class",
        r"AddressLists|Definitions|Exports|JobClient|braze_engage\.operation\.row\.Performer",
    ),
    ("py:class", r"Campaign|Canvas|Dropped|Launches|Letters|Outbox"),
    ("py:class", r"Alias|Member|braze_engage\.testing\.(users\.Users|values\.Alias)"),
    ("py:class", r"braze_engage\.(operation(\.row)?\.Unset|sync\.source\.CallFile)"),
    ("py:class", r"Locales|PreferenceCenters|SdkKeys|Translations"),
    ("py:exc", "Unreadable"),
    # Words in backticks that are no name of their own, such as an argument or a call.
    ("py:obj", r"[a-z_]+(\(.*\))?"),
]


COLON = "\ue000"


def hide_colon(_app: Sphinx, what: str, *context: list[str]) -> None:
    """Save an attribute's text like "Nothing: ignored." from being read as type and text."""
    lines = context[-1]
    if what in {"attribute", "property"} and lines:
        lines[0] = lines[0].replace(": ", f"{COLON} ")


def show_colon(_app: Sphinx, _what: str, *context: list[str]) -> None:
    """Bring it back once Napoleon has had its turn."""
    context[-1][:] = [line.replace(COLON, ":") for line in context[-1]]


def setup(app: Sphinx) -> None:
    """Register the above around Napoleon."""
    app.connect("autodoc-process-docstring", hide_colon, priority=400)
    app.connect("autodoc-process-docstring", show_colon, priority=600)
