#include <doctest/doctest.h>

#include <string>

#include "drift/render/render.hpp"
#include "sample.hpp"

using namespace drift;

namespace {

// Without the first line, as the tests below show it: ASCII, 80 columns.
std::string body(const Report& r, TextOptions o = {.unicode = false}) {
  const std::string text = render_text(r, o);
  return text.substr(text.find('\n') + 1);
}

std::string strip_colour(std::string text) {
  for (std::size_t at; (at = text.find("\x1b[")) != std::string::npos;) text.erase(at, text.find('m', at) - at + 1);
  return text;
}

constexpr const char* sample_text =
    R"(3 drifted (1 critical: security group opened to the world), 2 unreadable, 1 unsupported, 3 suppressed, 1,204 checked in 8.2 s

~ changed aws_security_group.web (aws_security_group)
  critical: security group opened to the world
  ~ ingress[0].cidr_blocks[0]: "10.0.0.0/8" -> "0.0.0.0/0"
  + tags.Temp: "yes"
  - timeout: 3
  ~ name: "web" -> "web2" (forces replacement)
  ~ token: (sensitive, changed)
  ~ size: 1 -> 3 (conflict: desired is 2)

? unmanaged aws_iam_user.eve (aws_iam_user)
  high: access exists that nobody declared

- deleted aws_sqs_queue.jobs (aws_sqs_queue)
  high: the resource no longer exists

! unreadable 2 resources
  the credentials were refused [E_READ_AUTH]
  next: check AWS_PROFILE
    aws_db_instance.main
    aws_db_instance.spare

! unsupported null_resource.x (null_resource)
  no provider reads this type [E_READ_UNSUPPORTED]

note: the rule "old" matched nothing

= muted aws_instance.a (aws_instance)
  ~ tags.x: "1" -> "2"
      rule our-tags (mute): set by the cost tool

3 suppressed (show with --show-suppressed)
)";

}  // namespace

TEST_CASE("the whole report") { CHECK(render_text(test::sample(), {.unicode = false}) == sample_text); }

TEST_CASE("colour adds nothing but colour") {
  const std::string text = render_text(test::sample(), {.color = true, .unicode = false});
  CHECK(text.find("\x1b[1;31m") != std::string::npos);
  CHECK(strip_colour(text) == sample_text);
}

TEST_CASE("suppressed differences on request, each with its rule and reason") {
  const std::string text = body(test::sample(), {.unicode = false, .show_suppressed = true});
  CHECK(text.substr(text.find("Suppressed,")) == R"(Suppressed, each by a rule:

= suppressed aws_instance.a (aws_instance)
  ~ names: ["a","b"] -> ["b","a"]
      rule schema:set
  ~ tags.x: "1" -> "2"
      rule our-tags (mute): set by the cost tool

= suppressed aws_instance.tmp (aws_instance)
  - deleted
      rule short-lived (hide)
)");
}

TEST_CASE("a muted resource is shown, and of many muted ones the first ten") {
  Report r;
  for (int i = 0; i < 12; ++i) {
    Suppressed s;
    s.address = "queue." + std::to_string(i);
    s.verdict = Verdict::deleted;
    s.rule = "short-lived";
    s.mode = IgnoreMode::mute;
    r.suppressed.push_back(s);
  }
  r.summary.suppressed = r.suppressed.size();
  const std::string text = body(r);
  CHECK(text.find("\n= muted queue.0\n  - deleted\n      rule short-lived (mute)\n") != std::string::npos);
  CHECK(text.find("queue.10") == std::string::npos);
  CHECK(text.find("\n... and 2 more muted\n") != std::string::npos);
}

TEST_CASE("at most so many findings, the worst first") {
  const std::string text = body(test::sample(), {.unicode = false, .max_findings = 1});
  CHECK(text.find("aws_security_group.web") != std::string::npos);
  CHECK(text.find("aws_iam_user.eve") == std::string::npos);
  CHECK(text.find("\n... and 2 more findings\n") != std::string::npos);
}

TEST_CASE("a clean report is one line") {
  Report r;
  r.basis = {false, true, true, false};
  r.summary.checked = 5;
  CHECK(render_text(r, {.show_elapsed = false}) == "No drift: 5 checked\n");
}

TEST_CASE("an unusual basis and what was skipped are said") {
  Report r;
  r.basis = {true, false, true, true};
  r.summary.skipped = 1500;
  CHECK(body(r) == R"(
note: 1,500 skipped, having nothing to read or being left out
note: compared baseline, desired, actual
)");
}

TEST_CASE("an error about the whole scan, with its place and context") {
  Report r;
  r.complete = false;
  r.basis = {false, true, true, false};
  r.errors.push_back(
      {"", "", Verdict::unreadable,
       Error(Errc::parse, "a comma was missing").at("a.tfstate").position({3, 7, 41}).in("while reading the state").next("look at it")});
  CHECK(body(r) == R"(
! error
  a.tfstate: line 3, column 7: a comma was missing (while reading the state) [E_PARSE]
  next: look at it
)");
}

TEST_CASE("a thousand resources with one fault are one entry") {
  Report r;
  r.complete = false;
  for (int i = 0; i < 1000; ++i)
    r.errors.push_back({"x" + std::to_string(i), "t", Verdict::unreadable, Error(Errc::mass_deletion, "gone at once")});
  const std::string text = body(r);
  CHECK(text.find("! unreadable 1,000 resources\n  gone at once [E_MASS_DELETION]\n    x0\n") != std::string::npos);
  CHECK(text.find("    ... and 990 more\n") != std::string::npos);
}

TEST_CASE("errors alone read as they do in a report") {
  const Report r = test::sample();
  const std::string alone = render_errors(r.errors, {.unicode = false});
  CHECK(alone.starts_with("\n! "));
  CHECK(body(r).find(alone) != std::string::npos);
  CHECK(render_errors({}).empty());
}

TEST_CASE("an error alone has its next step on a line of its own, and cannot drive the terminal") {
  const Error e = Error(Errc::not_found, "was not found").at("a\x1b[2J\u00e9").next("look\r");
  CHECK(render_error(e, {.unicode = false}) == "a\\x1b[2J\\u00e9: was not found [E_NOT_FOUND]\n  next: look\\r\n");
  CHECK(render_error(e) == "a\\x1b[2J\u00e9: was not found [E_NOT_FOUND]\n  next: look\\r\n");
  CHECK(render_error(Error(Errc::io, "broke")) == "broke [E_IO]\n");
}

TEST_CASE("what only the provider computes is said so, and a finding of nothing else too") {
  Change c = test::change("generation", Value(1), Value(2));
  c.drift_class = DriftClass::computed_only;
  Report r = test::report_of(c);
  CHECK(render_text(r, {.unicode = false}).find("generation: 1 -> 2 (computed)\n") != std::string::npos);
  CHECK(render_text(r).find("only what the provider computes changed") == std::string::npos);  // of the finding nobody said it
  r.findings[0].drift_class = DriftClass::computed_only;
  CHECK(render_text(r).find("  only what the provider computes changed\n") != std::string::npos);
  CHECK(render_explain(r, "a.b").find("  class       computed_only\n") != std::string::npos);
  r.findings[0].drift_class = r.findings[0].changes[0].drift_class = DriftClass::config_owned;
  CHECK(render_text(r).find("compute") == std::string::npos);
  CHECK(render_explain(r, "a.b").find("      class       config_owned\n") != std::string::npos);
}

TEST_CASE("many changes are cut, explain has the rest") {
  Report r = test::report_of(test::change("a", Value(1), Value(2)));
  for (int i = 0; i < 30; ++i) r.findings[0].changes.push_back(test::change(("k" + std::to_string(i)).c_str(), Value(1), Value(2)));
  CHECK(body(r).find("  ... and 11 more changes (drift explain shows all)\n") != std::string::npos);
}

TEST_CASE("names from documents cannot drive the terminal") {
  Report r = test::report_of(test::change("[\"k\\n\"]", Value("\x1b]0;x\x07"), Value("\u202e")));
  r.findings[0].address = "a\x1b[2J";
  r.findings[0].type = "t\n";
  r.findings[0].risk.why = "w\x1b";
  r.notes.push_back({"c", "a\r", "m\x1b"});
  r.errors.push_back({"e\x1b", "t", Verdict::unreadable, Error(Errc::io, "m\x1b").next("n\x1b").at("s\x1b")});
  for (const bool unicode : {true, false})
    for (const bool suppressed : {true, false})
      for (const char c : render_text(r, {.unicode = unicode, .show_suppressed = suppressed}))
        CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
}
