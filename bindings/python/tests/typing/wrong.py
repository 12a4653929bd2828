"""What a type checker has to refuse: each line that ends with "# error: CODE", and no other."""
from __future__ import annotations

import libdrift


class NoTypes:
    name = "acme"

    def read(self, resources: list[libdrift.Resource]) -> list[libdrift.Outcome]:
        return []


class GivesNone:
    name = "acme"
    types = ["acme_*"]

    def read_one(self, resource: libdrift.Resource) -> libdrift.Outcome | None:
        return None


libdrift.scan(3)  # error: arg-type
libdrift.scan(stat="a.tfstate")  # error: call-arg
libdrift.scan("a.tfstate", timeout="5m")  # error: arg-type
libdrift.scan("a.tfstate", parallel="8")  # error: arg-type
libdrift.scan("a.tfstate", provider=NoTypes())  # error: arg-type
libdrift.scan("a.tfstate", provider=GivesNone())  # error: arg-type
libdrift.diff("a.tfstate")  # error: call-arg
report = libdrift.scan("a.tfstate")
report[0].address = "x"  # error: misc
report.complete = True  # error: misc
report[0].addres  # error: attr-defined
