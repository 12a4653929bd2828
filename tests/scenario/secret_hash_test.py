"""A short secret is found from its unsalted hash by trying all of them: hashes and ids of secret content are as secret as the content."""
import json

import support
from support import Scenario, local_file, state

OLD, NEW = "zq47", "zq48"
HASHES = ("md5", "sha1", "sha256", "sha512", "base64sha256", "base64sha512")
NEEDLES = [OLD, NEW] + [support.attributes("", pin)[f"content_{h}"] for pin in (OLD, NEW) for h in HASHES]


def mark(member):
    return [{"type": "get_attr", "value": member}]


def in_sensitive_content(pin):
    r = local_file("pin", "pin.txt", pin)
    a = r["instances"][0]["attributes"]
    a["content"], a["sensitive_content"] = None, pin
    return r


def marked(pin):
    return local_file("pin", "pin.txt", pin, sensitive_attributes=[mark("content"), mark("sensitive_content")])


def marked_in_base64(pin):
    r = local_file("pin", "pin.txt", pin, sensitive_attributes=[mark("content_base64")])
    a = r["instances"][0]["attributes"]
    a["content"], a["content_base64"] = None, support.base64.b64encode(pin.encode()).decode()
    return r


def marked_and_old(pin):
    """As providers before 2.4 wrote it: no hash but the id."""
    r = marked(pin)
    a = r["instances"][0]["attributes"]
    r["instances"][0]["attributes"] = {m: v for m, v in a.items() if not (m.startswith("content_") and m != "content_base64")}
    return r


class Hashes(Scenario):
    def quiet(self, *command):
        got = self.drift(*command)
        for needle in NEEDLES:
            self.assertNotIn(needle, got.out + got.err, command)
        return got

    def nothing_is_told(self, resource):
        self.write("pin.txt", NEW, 0o644)
        self.write("s.tfstate", state([resource(OLD)]))
        self.write("other.tfstate", state([resource(NEW)]))
        self.write("drift.yaml", "state: s.tfstate\nbaseline: base.jsonl\n")
        report = json.loads(self.quiet("scan", "--json", "--show-suppressed").out)
        self.assertEqual([f["verdict"] for f in report["findings"]], ["changed"])
        for command in (("scan", "--show-suppressed"), ("scan", "--record", "reads"), ("scan", "--replay", "reads", "--json", "--show-suppressed"),
                        ("explain", "local_file.pin"), ("diff", "s.tfstate", "other.tfstate", "--show-suppressed"),
                        ("diff", "s.tfstate", "other.tfstate", "--json", "--show-suppressed"), ("accept", "--all"),
                        ("scan", "--json", "--show-suppressed"), ("scan", "--show-suppressed"), ("explain", "local_file.pin"),
                        ("scan", "--record", "accepted")):
            self.quiet(*command)
        self.assertEqual(self.quiet("scan").code, 0)
        (self.folder / "pin.txt").unlink()
        self.quiet("scan", "--json", "--show-suppressed")
        self.quiet("accept", "--all", "--baseline", "gone.jsonl")
        self.write("pin.txt/in-the-way", "")
        self.quiet("scan", "--json")
        for path in self.folder.rglob("*"):
            if path.is_file() and path.suffix != ".tfstate":
                for needle in NEEDLES:
                    self.assertNotIn(needle, path.read_text(), path.name)

    def test_content_that_the_state_says_is_sensitive(self):
        self.nothing_is_told(marked)

    def test_content_in_base64(self):
        self.nothing_is_told(marked_in_base64)

    def test_sensitive_content(self):
        self.nothing_is_told(in_sensitive_content)

    def test_states_without_hashes(self):
        self.nothing_is_told(marked_and_old)

    def test_a_file_that_is_no_secret_still_shows_its_hashes(self):
        self.production([("a", "a.txt", OLD)])
        self.write("a.txt", NEW, 0o644)
        self.assertIn(NEEDLES[-1], self.check(2, "scan", "--state", "terraform.tfstate", "--json", "--show-suppressed").out)


if __name__ == "__main__":
    support.main()
