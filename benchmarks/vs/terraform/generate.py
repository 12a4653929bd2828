"""States for the benchmark: `count` resources of the time provider, each in a block of its own, as OpenTofu writes them, with the configuration."""
import json


def time_state(folder, count):
    resources = []
    blocks = ['terraform {\n  required_providers {\n    time = { source = "hashicorp/time" }\n  }\n}\n']
    for i in range(count):
        name = f"t{i:05d}"
        stamp = f"2026-01-{1 + i % 28:02d}T{i % 24:02d}:{i % 60:02d}:00Z"
        attributes = {"day": 1 + i % 28, "hour": i % 24, "id": stamp, "minute": i % 60, "month": 1, "rfc3339": stamp, "second": 0,
                      "triggers": {"index": str(i)}, "unix": 1767225600 + (i % 28) * 86400 + (i % 24) * 3600 + (i % 60) * 60, "year": 2026}
        resources.append({"mode": "managed", "type": "time_static", "name": name, "provider": 'provider["registry.opentofu.org/hashicorp/time"]',
                          "instances": [{"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}]})
        blocks.append(f'resource "time_static" "{name}" {{\n  triggers = {{ index = "{i}" }}\n}}\n')
    (folder / "main.tf").write_text("".join(blocks))
    (folder / "terraform.tfstate").write_text(json.dumps({
        "version": 4, "terraform_version": "1.12.6", "serial": 1, "lineage": "0b4a6a0e-52a1-1f9b-5c35-6ed1ac5c5d2f", "outputs": {},
        "resources": resources, "check_results": None}, indent=2))
