"""When the package is built: copy htmx out of the build environment.

So it stands neither in the repository nor in a dependency at run time. Hatchling runs this file; nothing else
imports it.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: htmx 2 (0BSD) as the package django-htmx (MIT) ships it. Django itself is not needed.
_HTMX = "static/django_htmx/htmx-2.min.js"


class Assets(BuildHookInterface):  # type: ignore[type-arg]
    """Puts ``newsletter/_assets/htmx.js`` into what is built."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Copy the script."""
        spec = find_spec("django_htmx")
        if spec is None or spec.origin is None:
            raise RuntimeError("django-htmx is not in the build environment")
        folder = Path(self.root, "newsletter", "_assets")
        folder.mkdir(exist_ok=True)
        shutil.copyfile(Path(spec.origin).parent / _HTMX, folder / "htmx.js")
        build_data["artifacts"].append("newsletter/_assets/htmx.js")
