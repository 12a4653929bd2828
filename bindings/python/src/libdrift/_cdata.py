"""The type of C values, in hints. The native part has it under another name, which its stub does not."""
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._native import CData as CData
else:
    from ._native import ffi

    CData = ffi.CData
