"""A provider of your own: the program that can reach the live system answers the reads itself."""
from __future__ import annotations

import libdrift

BROKER = {"orders": 1, "mail": 3}  # what is live: days that a queue keeps messages. Yours is an API, a database, a device


class Queues:
    name = "acme"
    types = ["acme_queue"]

    def read_one(self, resource: libdrift.Resource) -> libdrift.Outcome:
        if not BROKER:
            raise libdrift.ReadError("the broker does not answer", code="E_READ_FAILED", retryable=True)
        if resource.id not in BROKER:
            return libdrift.ABSENT  # somebody looked, and it is not there
        return {**resource.attributes, "retention_days": BROKER[resource.id]}


def queue(name: str, days: int) -> dict[str, object]:
    attributes = {"id": name, "arn": f"acme:queue:{name}", "retention_days": days}
    return {"mode": "managed", "type": "acme_queue", "name": name, "provider": 'provider["registry.example.com/acme/acme"]',
            "instances": [{"schema_version": 0, "attributes": attributes}]}


STATE = {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "example", "outputs": {},
         "resources": [queue("orders", 14), queue("mail", 3), queue("spam", 1)]}

print(libdrift.scan(state=STATE, provider=Queues()).to_text(elapsed=False), end="")
