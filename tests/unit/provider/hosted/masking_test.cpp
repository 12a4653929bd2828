#include "provider/hosted/masking.hpp"

#include <doctest/doctest.h>

#include <random>

#include "drift/model/json.hpp"
#include "provider/hosted/secret_set.hpp"
#include "unit/provider/fakes.hpp"

using namespace drift;
using namespace drift::hosted_internal;

namespace {
std::string masked(std::string_view text, const std::vector<std::string>& secrets) { return mask_values(text, secret_forms(secrets)); }
}  // namespace

TEST_CASE("the longer secret is masked first, and each everywhere") {
  CHECK(masked("hunter22-long hunter22 xhunter22y", {"hunter22", "hunter22-long"}) == "*** *** x***y");
  CHECK(masked("nothing", {}) == "nothing");
  CHECK(masked("nothing", {""}) == "nothing");
}

TEST_CASE("secrets that overlap are masked both, and so is one that overlaps itself") {
  CHECK(masked("x one-two-three x", {"one-two", "two-three"}) == "x *** x");
  CHECK(masked("x ab-ab-ab-ab x", {"ab-ab-ab"}) == "x *** x");
}

TEST_CASE("a short secret is masked where it is a word, and never letter by letter") {
  CHECK(masked("please stop p, or p1", {"p"}) == "please stop ***, or p1");
  CHECK(masked("1 of 11 (1)", {"1"}) == "*** of 11 (***)");
  CHECK(masked("abcde xabcde abcdex", {"abcde"}) == "*** xabcde abcdex");
  CHECK(masked("xabcdefx", {"abcdef"}) == "x***x");
  CHECK(masked("a+b a+bc xa+b", {"a+b"}) == "*** a+bc xa+b");
  CHECK(masked("pp p", {"p"}) == "pp ***");
}

TEST_CASE("a secret is found as JSON and as Go's %q have it") {
  const std::string secret = "one\ntwo \"three\" <four> \\ \x01 five";
  CHECK(masked("got " + secret, {secret}) == "got ***");
  const std::string json = to_json(Value(secret));
  CHECK(masked("got " + json, {secret}) == "got \"***\"");
  CHECK(masked("got " + to_json(Value(json)), {secret}) == R"(got "\"***\"")");
  CHECK(masked(R"(got "one\ntwo \"three\" \u003cfour\u003e \\ \u0001 five")", {secret}) == R"(got "***")");
  CHECK(masked(R"(got "one\ntwo \"three\" <four> \\ \x01 five")", {secret}) == R"(got "***")");
}

TEST_CASE("a long line of a secret is one") {
  const std::string secret = "-----BEGIN-----\r\n  0123456789abcdef \nshort\n-----END OF A KEY-----\n";
  CHECK(masked("a 0123456789abcdef b short c -----END OF A KEY----- d -----BEGIN----- e", {secret}) ==
        "a *** b short c *** d -----BEGIN----- e");
}

TEST_CASE("a secret of 8 bytes or more is found escaped in an address, and as base64") {
  const std::string secret = "ab/c+d e=f&g:h?\xff";
  for (const char* form :
       {"ab%2Fc%2Bd+e%3Df%26g%3Ah%3F%FF", "ab%2Fc%2Bd%20e%3Df%26g%3Ah%3F%FF", "ab%2Fc+d%20e=f&g:h%3F%FF", "ab/c+d%20e=f&g:h%3F%FF"})
    CHECK(masked("Get \"https://h/" + std::string(form) + "/x\": EOF", {secret}) == "Get \"https://h/***/x\": EOF");
  CHECK(masked("Basic YWIvYytkIGU9ZiZnOmg//w==", {secret}) == "Basic ***==");
  CHECK(masked("Basic YWIvYytkIGU9ZiZnOmg__w", {secret}) == "Basic ***");
  CHECK(masked("a%2Fb YS9i", {"a/b"}) == "a%2Fb YS9i");
}

TEST_CASE("what a read holds is masked until it is over, and a little longer in what was written before") {
  SecretSet set;
  set.add({"of-the-environment"});
  SecretSet::Hold first = set.hold({"of-a-read"});
  SecretSet::Hold second = set.hold({"of-a-read", "of-another-read"});
  CHECK(set.all() == secret_forms({"of-the-environment"}));
  CHECK(set.mask("of-a-read of-another-read of-the-environment") == "*** *** ***");
  first = {};
  const std::string line(1U << 16U, '-');
  const auto megabytes = [&](int n) {
    for (int i = 0; i < n * 16; ++i) CHECK(set.mask_late(line) == line);
  };
  megabytes(2);
  CHECK(set.mask_late("of-a-read of-another-read") == "*** ***");
  second = set.hold({"of-a-read"});
  megabytes(1);
  CHECK(set.mask_late("of-a-read of-another-read") == "*** ***");
  megabytes(1);
  CHECK(set.mask_late("of-a-read of-another-read of-the-environment") == "*** of-another-read ***");
}

TEST_CASE("what was held is forgotten a minute after, whether anything was said or not") {
  test::FakeClock clock;
  SecretSet set(clock);
  set.add({"of-the-environment"});
  const std::size_t always = set.size();
  SecretSet::Hold held = set.hold({"held-on"});
  const std::size_t with_held = set.size();
  { const SecretSet::Hold gone = set.hold({"of-a-read", "held-on", "of-the-environment"}); }
  { const SecretSet::Hold again = set.hold({"of-a-read"}); }
  clock.advance(std::chrono::seconds(60));
  { const SecretSet::Hold late = set.hold({"later"}); }
  CHECK(set.mask("of-a-read later held-on of-the-environment") == "*** *** *** ***");
  clock.advance(std::chrono::seconds(1));
  held = set.hold({"held-on", "of-the-environment"});
  CHECK(set.mask("of-a-read later held-on of-the-environment") == "of-a-read *** *** ***");
  held = {};
  clock.advance(std::chrono::seconds(61));
  { const SecretSet::Hold none = set.hold({"held-on"}); }
  CHECK(set.size() == with_held);
  CHECK(set.mask("later held-on of-the-environment") == "later *** ***");
  clock.advance(std::chrono::seconds(61));
  CHECK(set.mask_late("held-on") == "***");  // what came before it is looked at is still due
  CHECK(set.size() == always);
}

TEST_CASE("what is masked costs what the text is long, not what was read: reads of a stack with a secret each") {
  // Looking at each other's secrets, these would be billions of steps.
  SecretSet set;
  std::size_t wrong = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::string secret = "read-" + std::to_string(i) + "-secret";
    const SecretSet::Hold hold = set.hold({secret});
    if (set.mask("said " + secret + ".") != "said ***.") ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("secrets are found among many that begin alike, the longest, and the short ones as words") {
  const std::vector<std::string> secrets = {"prefix-one", "prefix-one-two", "prefix-", "prefix-ooo",   "abc",
                                            "abcde",      "\xc3\xa4",       "q",       "one-two-three"};
  SecretSet set;
  set.add(secrets);
  for (const char* text : {"prefix-one-two prefix-on prefix-prefix-one", "abc abcd abcde xabcde abcde-abc", "q qq \xc3\xa4 x\xc3\xa4 q",
                           "q", "prefix-one-two-three", "prefix-q", "abcprefix-", "", "prefix"}) {
    CAPTURE(text);
    CHECK(set.mask(text) == mask_values(text, set.all()));
  }
  CHECK(set.mask("prefix-one-two prefix-on prefix-prefix-one") == "*** ***on ***");
  CHECK(set.mask("prefix-one-two-three") == "***");  // both, which overlap
  CHECK(set.mask("prefix-q abcprefix-") == "*** ***");
  CHECK(set.mask("abcd q qq") == "abcd *** qq");
}

TEST_CASE("what is found in one pass is what looking for one secret after the other finds") {
  std::mt19937 random(7);
  const auto text = [&](std::size_t least, std::size_t most) {
    std::string out(least + random() % (most - least + 1), 'a');
    for (char& c : out) c = "ab"[random() % 2];  // so that they begin alike, overlap and stand in each other
    return out;
  };
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::string> secrets(1 + random() % 5);
    for (std::string& s : secrets) s = text(6, 14);
    SecretSet set;
    set.add(secrets);
    const std::string in = text(0, 90);
    REQUIRE(set.mask(in) == mask_values(in, set.all()));
  }
}

TEST_CASE("what a secret begins with is hidden at the end of a text that was cut") {
  SecretSet set;
  set.add({"new-secret", "ew-"});
  const auto shown = [&](std::string_view text, bool is_cut) {
    HiddenText t(text, is_cut);
    set.hide_in(t);
    return t.shown();
  };
  CHECK(shown("a new-sec", true) == "a ***...");
  CHECK(shown("a new-sec", false) == "a new-sec");
  CHECK(shown("a n", true) == "a ***...");
  CHECK(shown("a new-secret", true) == "a ***...");
  CHECK(shown("a new-sec.", true) == "a new-sec....");
}

TEST_CASE("a set of secrets keeps its order and makes no forms of forms") {
  SecretSet set;
  set.add({"a\"b-secret"});
  const std::vector<std::string> once = set.all();
  set.add({"a\"b-secret"});
  CHECK(set.all() == once);
  set.add({"longer than all of them, a\"b-secret"});
  CHECK(set.mask("longer than all of them, a\"b-secret; a\\\"b-secret") == "***; ***");
}
