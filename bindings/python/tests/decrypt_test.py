"""Pulumi stacks by name, and secrets that only the host can decrypt."""
import asyncio
import base64
import json
import pathlib
import tempfile

import libdrift
from libdrift import ReadError
from support import CANARY, TestCase, main

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
CLOUD = {"type": "cloud", "state": {"url": "awskms://alias/x", "encryptedkey": "QUJD"}}
# "cloud-canary", under the key of the bytes 0 to 31
SEALED = "v1:BwcHBwcHBwcHBwcH:LQnKMxpr+pen83Ly+XPEmEUx8qLziBJ71XWKEwjj"


def stack(secrets_provider, **outputs):
    resource = {"urn": "urn:pulumi:dev::shop::a:b:C::one", "custom": True, "type": "a:b:C", "id": "1", "outputs": outputs}
    return {"version": 3, "deployment": {"manifest": {}, "secrets_providers": secrets_provider, "resources": [resource]}}


RECORDED = stack(CLOUD, p={**SECRET, "ciphertext": SEALED})


def plain(value):
    return stack(None, p={**SECRET, "plaintext": json.dumps(value)})


class Decrypting(TestCase):
    def scan(self, actual, decrypt, recorded=RECORDED):
        with libdrift.scan(recorded, actual=actual, decrypt=decrypt) as report:
            self.assertNotIn(CANARY, report.to_json() + report.to_text())
            return len(report), {note.code for note in report.notes}

    def test_the_data_key_of_a_cloud(self):
        asked = []
        for key in (bytes(range(32)), base64.b64encode(bytes(range(32))).decode(), [bytes(range(32))], (bytearray(range(32)),)):
            self.assertEqual(self.scan(plain("cloud-canary"), lambda r: asked.append(r) or key), (0, set()))
            self.assertEqual(self.scan(plain("other"), lambda r: key), (1, set()))
        request = asked[0]
        self.assertEqual((request.provider, request.data_key, request.ciphertexts), ("cloud", True, ("QUJD",)))
        self.assertEqual(request.state["url"], "awskms://alias/x")
        self.assertNotIn("QUJD", repr(request))

    def test_texts_in_order(self):
        recorded = stack({"type": "acme", "state": None}, p={**SECRET, "ciphertext": "one"}, q={**SECRET, "ciphertext": "two"})
        actual = stack(None, p={**SECRET, "plaintext": '"1"'}, q={**SECRET, "plaintext": "[2]"})
        self.assertEqual(self.scan(actual, lambda r: ['"1"' if c == "one" else "[2]" for c in r.ciphertexts], recorded), (0, set()))

    def test_in_a_coroutine(self):
        async def decrypt(request):
            await asyncio.sleep(0)
            return bytes(range(32))

        async def go():
            with await libdrift.ascan(RECORDED, actual=plain("other"), decrypt=decrypt) as report:
                return len(report)

        self.assertEqual(asyncio.run(go()), 1)
        self.assertEqual(self.scan(plain("other"), decrypt), (1, set()))  # in a loop of its own

    def test_what_cannot_be_decrypted_stays_locked(self):
        def refuse(request):
            raise ReadError("the key service said no", code="E_READ_AUTH")

        locked = {"secrets_locked", "secrets_not_compared"}
        self.assertEqual(self.scan(plain("other"), refuse), (0, locked))
        self.assertEqual(self.scan(plain("other"), None), (0, locked))
        self.assertEqual(self.scan(plain("other"), lambda r: []), (0, locked))

    def test_what_the_code_raises_is_raised(self):
        with self.assertRaises(ZeroDivisionError):
            self.scan(plain("other"), lambda r: 1 / 0)
        for given in (None, [7], {}):
            with self.assertRaises(TypeError):
                self.scan(plain("other"), lambda r, given=given: given)
        with self.assertRaises(TypeError):
            libdrift.Engine(decrypt="a key")
        with self.assertRaises(TypeError):
            libdrift.Engine(stack=7)
        with self.assertRaises(libdrift.DriftError):
            libdrift.scan(RECORDED, actual=plain("x"), decrypt=lambda r: b"short")


class Stacks(TestCase):
    def test_a_stack_by_its_name(self):
        with tempfile.TemporaryDirectory() as folder:
            stacks = pathlib.Path(folder, ".pulumi", "stacks", "shop")
            stacks.mkdir(parents=True)
            (stacks / "dev.json").write_text(json.dumps({"version": 3, "checkpoint": {"stack": "dev", "latest": plain("x")["deployment"]}}))
            pathlib.Path(folder, "Pulumi.yaml").write_text("name: shop\nbackend:\n  url: file://.\n")
            pathlib.Path(folder, "drift.yaml").write_text("version: 1\n")
            for stack_name in ("dev", "shop/dev"):
                with libdrift.scan(actual=plain("y"), stack=stack_name, config=pathlib.Path(folder, "drift.yaml")) as report:
                    self.assertEqual([f.address for f in report], ["urn:pulumi:dev::shop::a:b:C::one"])
            with self.assertRaises(libdrift.NotFound):
                libdrift.scan(actual=plain("y"), stack="shop/prod", config=pathlib.Path(folder, "drift.yaml"))


if __name__ == "__main__":
    main()
