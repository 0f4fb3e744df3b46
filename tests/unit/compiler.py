"""Whether the parts in C can be built here; where they can, the tests want them built."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

CAN_COMPILE = bool(
    shutil.which("cc")
    and Path(sysconfig.get_path("include"), "Python.h").exists()
    and not sysconfig.get_config_var("Py_GIL_DISABLED")
)
