"""typing.Unpack, which Python 3.10 does not have; there hints say what is in it."""
from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Unpack as Unpack
elif sys.version_info >= (3, 11):
    from typing import Unpack
else:

    class Unpack:
        def __class_getitem__(cls, options):
            return options
