"""A stack for the benchmark: `count` resources of the fixture, one in a hundred of them changed out of band: the document that `pulumi stack import`
takes, and the folder that the fixture serves."""
import hashlib
import json

URN = "urn:pulumi:dev::proj::"
PROVIDER = (URN + "pulumi:providers:fixture::default_1_2_3", "5f4b6a3e-7f0e-4a52-9d53-0f0b3fbd6b51")
ROOT = URN + "pulumi:pulumi:Stack::proj-dev"


def one(number):
    """What a small cloud resource has: texts, numbers, a map, a list of objects."""
    return {"name": f"r{number:05d}", "size": number % 64, "enabled": number % 2 == 0, "tags": {"team": f"t{number % 7}", "index": str(number)},
            "rules": [{"port": 80 + number % 100, "cidr": f"10.{number % 256}.0.0/16"}, {"port": 443, "cidr": "0.0.0.0/0"}]}


def generate(folder, count):
    """Writes FOLDER/actual and FOLDER/deployment.json, and gives the URNs of what was changed."""
    actual = folder / "actual" / "Thing"
    actual.mkdir(parents=True)
    config = {"version": "1.2.3"}
    resources = [{"urn": ROOT, "custom": False, "type": "pulumi:pulumi:Stack"},
                 {"urn": PROVIDER[0], "custom": True, "id": PROVIDER[1], "type": "pulumi:providers:fixture", "inputs": config, "outputs": config}]
    changed = []
    for number in range(count):
        what = one(number)
        urn = f"{URN}fixture:index:Thing::{what['name']}"
        resources.append({"urn": urn, "custom": True, "id": what["name"], "type": "fixture:index:Thing", "inputs": what,
                          "outputs": {**what, "etag": f"{number:08x}"}, "parent": ROOT, "provider": "::".join(PROVIDER)})
        if number % 100 == 17:
            what = {**what, "size": what["size"] + 1000}
            changed.append(urn)
        (actual / f"{what['name']}.json").write_text(json.dumps({**what, "etag": f"{number:08x}"}))
    manifest = {"time": "2026-01-02T03:04:05Z", "magic": hashlib.sha256(b"v3.258.0").hexdigest(), "version": "v3.258.0"}
    (folder / "deployment.json").write_text(json.dumps({"version": 3, "deployment": {"manifest": manifest, "resources": resources}}))
    return changed
