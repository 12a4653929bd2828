"""What is wrong comes out as the exception that Python people catch for it, with the library's message and next step."""
import copy
import decimal
import errno
import json
import os
import pathlib
import pickle
import tempfile

import libdrift
from libdrift import _enums, _errors, _providers
from libdrift._native import lib
from support import CANARY, TestCase, main, state

STATE = state(("acme_queue", "orders", {"days": 14}))


class Failures(TestCase):
    def test_a_file_that_does_not_exist(self):
        with self.assertRaises(FileNotFoundError) as caught:
            libdrift.scan("no/such.tfstate")
        error = caught.exception
        self.assertIsInstance(error, libdrift.NotFound)
        self.assertIsInstance(error, libdrift.DriftError)
        self.assertEqual((error.code, error.name, error.errno), (lib.DRIFT_E_NOT_FOUND, "E_NOT_FOUND", errno.ENOENT))
        self.assertEqual((error.subject, error.filename), ("no/such.tfstate", "no/such.tfstate"))
        self.assertTrue(error.next_step)
        self.assertIn(error.next_step, str(error))
        self.assertFalse(error.retryable)

    def test_a_file_that_must_not_be_read(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a.tfstate"
            path.touch(mode=0)
            user = os.geteuid()
            if user == 0:  # may read everything: not now
                os.seteuid(65534)
            try:
                with self.assertRaises(PermissionError) as caught:
                    libdrift.scan(path)
            finally:
                os.seteuid(user)
        self.assertIsInstance(caught.exception, libdrift.AccessDenied)

    def test_half_a_document(self):
        with self.assertRaises(ValueError) as caught:
            libdrift.scan(b'{"version": 4,\n "resources": [')
        error = caught.exception
        self.assertIsInstance(error, libdrift.DocumentError)
        self.assertEqual((error.name, error.position[:2]), ("E_TRUNCATED", (2, 16)))
        self.assertEqual(error.contexts, ("while reading the state",))
        self.assertIn(error.next_step, str(error))

    def test_time_that_runs_out(self):
        class Slow:
            name, types = "acme", "acme_*"

            async def read_one(self, resource):
                import asyncio
                await asyncio.sleep(60)

        with self.assertRaises(TimeoutError) as caught:
            libdrift.scan(STATE, provider=Slow(), timeout=0.05)
        self.assertIsInstance(caught.exception, libdrift.DeadlineExceeded)
        self.assertEqual(caught.exception.name, "E_DEADLINE")

    def test_errors_can_be_copied(self):
        for document in ("no/such.tfstate", "/", b"{"):
            with self.assertRaises(libdrift.DriftError) as caught:
                libdrift.scan(document)
            error = caught.exception
            for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
                self.assertIs(type(other), type(error))
                self.assertEqual((str(other), other.__dict__), (str(error), error.__dict__))

    def test_a_code_of_tomorrow_is_of_its_family(self):
        for code, kind in ((-199, libdrift.ConfigError), (-299, libdrift.DocumentError), (-399, OSError), (-499, libdrift.ReadError),
                           (-599, libdrift.Cancelled), (-999, libdrift.InternalError), (-1234, libdrift.InternalError)):
            made = _errors.error_class(code)("m", code=code)
            self.assertIsInstance(made, kind)
            self.assertEqual((made.code, made.name), (code, "E_UNKNOWN"))


class Reads(TestCase):
    """What a provider says of a read that failed. Nothing in it ends the scan."""

    def errors(self, error):
        class One:
            name, types = "acme", "acme_*"

            def read_one(self, resource):
                raise error

        with libdrift.scan(STATE, provider=One()) as report:
            return [(e.name, e.message, e.next_step) for e in report.errors]

    def test_messages(self):
        for message, said in (("", "the read failed"), ("bad \udcff", "bad \\udcff"), ("x" * 100_000, "x" * 100_000)):
            ((_, got, step),) = self.errors(libdrift.ReadError(message, next_step=message))
            self.assertEqual(got, said)
            self.assertEqual(step, said if message else "")
        with self.assertRaisesRegex(TypeError, "must be a text, not FileNotFoundError"):
            libdrift.ReadError(FileNotFoundError("x"))
        with self.assertRaisesRegex(TypeError, "next_step of a ReadError must be a text, not int"):
            libdrift.ReadError("x", next_step=3)

    def test_an_answer_that_is_a_refusal(self):
        self.assertEqual(json.loads(_providers.error_answer(libdrift.ReadError("m", code="E_READ_AUTH", next_step="s", retryable=True))),
                         {"error": {"code": "E_READ_AUTH", "message": "m", "next": "s", "retryable": True}})
        self.assertEqual(json.loads(_providers.error_answer(libdrift.ReadError("m", code="E_READ_THROTTLED"))),
                         {"error": {"code": "E_READ_THROTTLED", "message": "m"}})

    def test_codes(self):
        for code, name in (("E_READ_AUTH", "E_READ_AUTH"), (-405, "E_READ_UNSUPPORTED"), (-499, "E_READ_FAILED")):
            self.assertEqual(self.errors(libdrift.ReadError("m", code=code)), [(name, "m", "")])
        for code in ("E_NOT_FOUND", "E_DEADLINE", -1234, 402, 0, "nope"):
            with self.assertRaisesRegex(ValueError, "code"):
                libdrift.ReadError("m", code=code)


class Arguments(TestCase):
    def fails(self, kind, words, *arguments, **options):
        with self.assertRaisesRegex(kind, words) as caught:
            libdrift.scan(*arguments, **options)
        return caught.exception

    def test_wrong_types_are_type_errors(self):
        for words, options in (
            ("state must be a path, bytes", {"state": 3}),
            ("actual must be", {"actual": object()}),
            ("config must be a path .* or a dict, not int", {"config": 3}),
            ("record must be a path", {"record": 3}),
            ("timeout must be a number of seconds, not str", {"timeout": "5m"}),
            ("read_timeout must be a number of seconds, not bool", {"read_timeout": True}),
            ("`parallel` was a text where a whole number belongs", {"parallel": "many"}),
            ("parallel must be a whole number, not bool", {"parallel": True}),
            ("attempts must be a whole number, not bool", {"attempts": False}),
            ("targets must be a text or a list of texts .*, not int", {"targets": 3}),
            ("targets must be .*, not bytes", {"targets": b"*"}),
            ("targets must be .*, not dict", {"targets": {"*": 1}}),
            ("exclude must be texts .*, not int", {"exclude": ["*", 1]}),
            ("find_unmanaged must be True or False, not str", {"find_unmanaged": "no"}),
            ("file_provider must be True or False, not int", {"file_provider": 0}),
            ("config must be .* or a dict, not bytes", {"config": b"version: 1"}),
            ("provider must be an object with a read", {"provider": 3}),
            ("unexpected keyword argument 'stat'", {"stat": "x"}),
        ):
            with self.subTest(words):
                self.fails(TypeError, words, **{"state": STATE, **options})

    def test_the_library_explains_a_wrong_type(self):
        error = self.fails(libdrift.OptionTypeError, "parallel", STATE, parallel="many")
        self.assertIsInstance(error, libdrift.ConfigError)
        self.assertEqual((error.name, error.next_step), ("E_CONFIG_INVALID", "write a whole number there"))
        self.assertIn("Next: write a whole number there", str(error))

    def test_wrong_values_are_value_errors(self):
        for words, options in (
            ("timeout must be more than 0", {"timeout": 0}),
            ("timeout must be more than 0", {"timeout": float("nan")}),
            ("1 to 256", {"parallel": 0}),
            ("did you mean `parallel`", {"config": {"paralel": 3}}),
            ("a str is taken as a path", {"state": '{"version": 4}'}),
            ("a str is taken as a path", {"state": ""}),
            ("timeout must be a number of seconds that ends; without a limit it is None", {"timeout": float("inf")}),
            ("zero byte in the path", {"state": "a\0b"}),
            ("record must be a path, and is empty", {"record": ""}),
            ("key_file must be a path, and is one with a zero byte", {"key_file": "a\0"}),
            ("config must be a path of UTF-8", {"config": "caf\udce9.yaml"}),
            ("zero byte in a glob", {"targets": "a\0b"}),
            ("Out of range float", {"state": {"version": float("inf")}}),
            ("acme_queue.nobody", {"targets": ["acme_queue.nobody"]}),
        ):
            with self.subTest(words):
                self.fails(ValueError, words, **{"state": STATE, **options})

    def test_what_is_accepted(self):
        def accept(globs, baseline="b.jsonl"):
            return libdrift.accept(globs, STATE, actual=STATE, baseline=baseline)

        for globs in (3, None, b"*", [3], {"*": 1}):
            with self.assertRaisesRegex(TypeError, "addresses must be"):
                accept(globs)
        with self.assertRaisesRegex(ValueError, "zero byte in a glob"):
            accept("acme_queue.a\0b")
        with self.assertRaisesRegex(ValueError, "baseline must be a path, and is empty"):
            accept("*", baseline="")

    def test_a_text_that_is_a_document_is_never_shown(self):
        for text in ('\ufeff{"password": "%s"}', '"%s"', ' \n["%s"]', 'x {"a": "%s"}', "%s" + "x" * 5000):
            error = self.fails(ValueError, "a str is taken as a path", text % CANARY)
            self.assertNotIn(CANARY, str(error) + repr(error))

    def test_a_path_that_is_no_utf_8(self):
        with self.assertRaises((OSError, ValueError)):
            libdrift.scan("/no/such/caf\udce9.tfstate")

    def test_a_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaises(IsADirectoryError) as caught:
                libdrift.scan(folder)
            self.assertIsInstance(caught.exception, libdrift.IsADirectory)
            self.assertEqual((caught.exception.errno, caught.exception.filename), (errno.EISDIR, folder))

    def test_documents_that_hold_themselves_or_are_too_deep(self):
        for number in (1, decimal.Decimal("1.5")):
            document, deep = {"version": 4, "n": number}, []
            document["self"] = document
            self.fails(ValueError, "state: Circular reference", document)
            for _ in range(100_000):
                deep = [deep, number]
            self.fails(ValueError, "state: it is nested too deeply", {"resources": deep})

    def test_settings_that_hold_themselves(self):
        settings = {"version": 1}
        settings["ignore"] = [settings]
        self.fails(ValueError, "config holds itself", STATE, config=settings)
        self.fails(TypeError, "the configuration, or `schemas`.*set", STATE, config={"version": {1}})

    def test_paths_in_settings(self):
        with self.assertRaises(FileNotFoundError):
            libdrift.scan(actual=STATE, config={"state": pathlib.Path("no/such.tfstate")})

    def test_nothing_to_scan(self):
        self.assertTrue(self.fails(libdrift.ConfigError, "").next_step)

    def test_a_fault_in_a_project_file_has_its_place(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "drift.yaml"
            path.write_text("version: 1\nparalel: 3\n")
            error = self.fails(libdrift.ConfigError, "drift.yaml.*line 2", config=str(path))
        self.assertEqual(error.position[0], 2)


class Enums(TestCase):
    def test_every_number_of_the_header_has_a_member(self):
        risk = {"CLASS_COSMETIC", "CLASS_BEHAVIOURAL", "CLASS_SECURITY"}
        direction = {"NEUTRAL", "NARROW", "WIDEN"}
        for kind, prefix, leave in (
            (libdrift.Verdict, "VERDICT_", set()), (libdrift.RiskLevel, "RISK_", risk | direction),
            (libdrift.RiskClass, "RISK_CLASS_", set()),
            (libdrift.ChangeKind, "CHANGE_", set()), (libdrift.DriftClass, "CLASS_", set()),
            (libdrift.Relation, "RELATION_", set()), (libdrift.Section, "SECTION_", set()),
            (libdrift.Mode, "MODE_", set()), (libdrift.Basis, "BASIS_", set()), (libdrift.ErrorCode, "E_", set()),
        ):
            prefix = "DRIFT_" + prefix
            header = {name.removeprefix(prefix): getattr(lib, name) for name in dir(lib) if name.startswith(prefix)}
            known = {name: int(member) for name, member in kind.__members__.items() if name != "UNKNOWN"}
            self.assertEqual({name: number for name, number in header.items() if name not in leave}, known)
        self.assertEqual({name: int(getattr(libdrift.RiskDirection, name)) for name in direction},
                         {name: getattr(lib, "DRIFT_RISK_" + name) for name in direction})

    def test_a_number_of_tomorrow_is_unknown(self):
        for kind in (libdrift.Verdict, libdrift.RiskLevel, libdrift.Relation, libdrift.Mode, libdrift.ErrorCode):
            self.assertIs(kind(77), kind.UNKNOWN)
        self.assertEqual(int(libdrift.Basis(64)), 64)
        with self.assertRaises(ValueError):
            libdrift.Verdict("changed")

    def test_they_print_as_words(self):
        self.assertEqual(f"{libdrift.Verdict.CHANGED:>9}|{libdrift.Mode.WATCH_ONLY}", "  changed|watch_only")
        self.assertEqual(str(libdrift.ErrorCode.NOT_FOUND), "E_NOT_FOUND")
        self.assertGreater(libdrift.RiskLevel.HIGH, libdrift.RiskLevel.LOW)
        self.assertTrue(issubclass(_enums.Verdict, int))
        for basis, said in ((libdrift.Basis.RECORDED | libdrift.Basis.ACTUAL, "recorded|actual"), (libdrift.Basis(0), "none"),
                            (libdrift.Basis(65), "baseline|64")):
            self.assertEqual((str(basis), f"{basis}"), (said, said))


if __name__ == "__main__":
    main()
