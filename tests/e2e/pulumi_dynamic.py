"""A stack with a dynamic provider of Python, made with the real CLI: pulumi_dynamic.py FOLDER BACKEND STATE. What exists is FOLDER-independent: the
file STATE/NAME.json, which the provider's code reads. The code itself is what goes into the stack."""
import sys

import pulumi
from pulumi import automation, dynamic


class Files(dynamic.ResourceProvider):
    """Its modules are imported where they are used, because it is pickled whole."""

    def create(self, props):
        import json  # pylint: disable=import-outside-toplevel
        import pathlib  # pylint: disable=import-outside-toplevel
        path = pathlib.Path(props["folder"]) / f"{props['name']}.json"
        path.write_text(json.dumps({"text": props["text"], "size": len(props["text"])}))
        return dynamic.CreateResult(props["name"], {**props, "size": len(props["text"])})

    def read(self, id_, props):
        import json  # pylint: disable=import-outside-toplevel
        import pathlib  # pylint: disable=import-outside-toplevel
        path = pathlib.Path(props["folder"]) / f"{id_}.json"
        if not path.exists():
            return dynamic.ReadResult("", {})
        return dynamic.ReadResult(id_, {**props, **json.loads(path.read_text())})

    def diff(self, _id, _olds, _news):
        return dynamic.DiffResult(changes=_olds.get("text") != _news.get("text"), replaces=[], stables=["name"])


class File(dynamic.Resource):
    def __init__(self, name, text, folder):
        super().__init__(Files(), name, {"name": name, "text": text, "folder": folder, "size": None})


def main():
    folder, backend, state = sys.argv[1:4]

    def program():
        for name in ("a", "b", "c"):
            File(name, "as it was", state)

    options = automation.LocalWorkspaceOptions(work_dir=folder, secrets_provider="passphrase", project_settings=automation.ProjectSettings(
        name="proj", runtime="python", backend=automation.ProjectBackend(url=backend)))
    automation.create_or_select_stack(stack_name="dev", project_name="proj", program=program, opts=options).up(suppress_progress=True)


if __name__ == "__main__":
    main()
