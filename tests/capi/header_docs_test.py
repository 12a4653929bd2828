#!/usr/bin/env python3
"""header_docs.py finds what it is there for: each text below has one fault."""
import unittest

import header
import header_docs

GOOD = """
typedef struct drift_thing drift_thing; /* one */
typedef struct drift_text {
  const char *p;
  size_t n;
} drift_text;
typedef struct drift_thing_options {
  uint32_t struct_size;
  uint32_t flags;
  drift_text name;
  int32_t(DRIFT_CALL *tell)(void *user, const char *text);
} drift_thing_options;
#define DRIFT_THING_OPTIONS_INIT {sizeof(drift_thing_options), 0u}
#define DRIFT_E_ONE (-1)
#define DRIFT_E_TWO (-2)
/* Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_thing_options_init(drift_thing_options *o, size_t size);
/* Makes one. Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_thing_new(const char *name, size_t n, DRIFT_OWNED drift_thing **out_thing, drift_error **err);
/* Since 0.1. Threads: shared. */
DRIFT_API DRIFT_BORROWED const char *DRIFT_CALL drift_thing_name(const drift_thing *thing);
/* Since 0.1. Threads: owner. */
DRIFT_API void DRIFT_CALL drift_thing_free(DRIFT_TAKES drift_thing *thing);
typedef struct drift_error drift_error;
"""
NODES = {"DRIFT_0.1": ["drift_thing_options_init", "drift_thing_new", "drift_thing_name", "drift_thing_free"]}

FAULTS = {
    "a comment without threads": ("Since 0.1. Threads: shared. */", "Since 0.1. */"),
    "a comment without a version": ("Makes one. Since 0.1. ", "Makes one. "),
    "no comment": ("/* Makes one. Since 0.1. Threads: any. */", ""),
    "an unknown word for threads": ("Threads: any.", "Threads: maybe."),
    "a new handle that nobody owns": ("DRIFT_OWNED drift_thing **", "drift_thing **"),
    "a text that nobody owns": ("DRIFT_BORROWED const char *", "const char *"),
    "a free that takes nothing": ("DRIFT_TAKES drift_thing *thing", "drift_thing *thing"),
    "a free that can fail": ("void DRIFT_CALL drift_thing_free", "int32_t DRIFT_CALL drift_thing_free"),
    "an int": ("uint32_t flags;", "int flags;"),
    "a bool": ("uint32_t flags;", "bool flags;"),
    "an enum": ("uint32_t flags;", "enum x flags;"),
    "a bit-field": ("uint32_t flags;", "uint32_t flags : 3;"),
    "a member behind #ifdef": ("  uint32_t flags;", "#ifdef X\n  uint32_t flags;\n#endif"),
    "a struct by value": ("const drift_thing *thing)", "drift_text thing)"),
    "a struct that is no text in a struct": ("drift_text name;", "drift_thing_options name;"),
    "varargs": ("const char *name, size_t n,", "const char *name, ..., size_t n,"),
    "a function-like macro": ("#define DRIFT_E_ONE (-1)", "#define DRIFT_E_ONE(x) (-1)"),
    "a comment of C++": ("/* one */", "// one"),
    "err not at the end": ("size_t n, DRIFT_OWNED drift_thing **out_thing, drift_error **err", "drift_error **err, size_t n"),
    "a failure that has no code": ("int32_t DRIFT_CALL drift_thing_new", "void DRIFT_CALL drift_thing_new"),
    "options without a size": ("  uint32_t struct_size;\n", ""),
    "options without INIT": ("#define DRIFT_THING_OPTIONS_INIT {sizeof(drift_thing_options), 0u}\n", ""),
    "one code twice": ("DRIFT_E_TWO (-2)", "DRIFT_E_TWO (-1)"),
    "a foreign prefix": ("#define DRIFT_E_ONE (-1)", "#define E_ONE (-1)"),
    "a function that is not in drift.symbols": ("drift_thing_name(", "drift_thing_title("),
    "a function of another version": ("Makes one. Since 0.1.", "Makes one. Since 0.2."),
}


def faults(text):
    return list(header_docs.check_header(text)) or list(header_docs.check_symbols(header.functions(text), NODES))


class HeaderDocs(unittest.TestCase):
    def test_a_good_header_passes(self):
        self.assertEqual(faults(GOOD), [])

    def test_each_fault_is_found(self):
        for what, (old, new) in FAULTS.items():
            with self.subTest(what):
                self.assertIn(old, GOOD)
                self.assertNotEqual(faults(GOOD.replace(old, new, 1)), [])

    def test_a_symbol_without_a_function_is_found(self):
        more = {"DRIFT_0.1": NODES["DRIFT_0.1"] + ["drift_gone"]}
        self.assertEqual(list(header_docs.check_symbols(header.functions(GOOD), more)), ["drift_gone: in drift.symbols and in no header"])


if __name__ == "__main__":
    unittest.main()
