#include "render/headline.hpp"

#include <doctest/doctest.h>

#include "drift/render/render.hpp"
#include "sample.hpp"

using namespace drift;

TEST_CASE("the answer in one line") {
  Report r = test::sample();
  r.summary.suppressed = 41;
  r.summary.unsupported = 0;
  CHECK(render_headline(r) ==
        "3 drifted (1 critical: security group opened to the world), 2 unreadable, 41 suppressed, 1,204 checked in 8.2 s");
  CHECK(render_headline(r, false) ==
        "3 drifted (1 critical: security group opened to the world), 2 unreadable, 41 suppressed, 1,204 checked");
  r.summary.pending = 1;
  r.summary.unsupported = 4;
  r.errors.push_back({"", "", Verdict::unreadable, Error(Errc::deadline, "x")});
  CHECK(render_headline(r, false) ==
        "3 drifted (1 critical: security group opened to the world), 2 unreadable, 4 unsupported, 1 error, 1 pending, 41 suppressed, 1,204 "
        "checked");
}

TEST_CASE("the worst level is named, with the first reason") {
  Report r = test::sample();
  r.findings.erase(r.findings.begin() + 1);
  CHECK(render_headline(r, false).substr(0, 62) == "2 drifted (2 high: access exists that nobody declared and 1 mo");
  r.findings[0].risk.why = r.findings[1].risk.why;
  CHECK(render_headline(r, false).substr(0, 50) == "2 drifted (2 high: the resource no longer exists),");
}

TEST_CASE("clean is said only when it is known") {
  Report r;
  r.summary.checked = 1204;
  r.elapsed = std::chrono::milliseconds(8200);
  CHECK(render_headline(r) == "No drift: 1,204 checked in 8.2 s");
  r.summary.suppressed = 41;
  CHECK(render_headline(r) == "No drift: 1,204 checked in 8.2 s, 41 suppressed");
  r.complete = false;
  r.summary = {.checked = 1202, .unreadable = 2};
  CHECK(render_headline(r, false) == "No drift found, but 2 unreadable: 1,202 checked");
  r.summary.unreadable = 0;
  CHECK(render_headline(r, false) == "No drift found, but the scan is incomplete: 1,202 checked");
  r.errors.push_back({"", "", Verdict::unreadable, Error(Errc::deadline, "the time was over")});
  CHECK(render_headline(r, false) == "No drift found, but 1 error: 1,202 checked");
}

TEST_CASE("a reason cannot drive the terminal") {
  Report r = test::sample();
  r.findings[1].risk.why = "x\x1b[2J\n";
  CHECK(render_headline(r, false).find("x\\x1b[2J\\n") != std::string::npos);
}

TEST_CASE("times are short") {
  using namespace std::chrono;
  CHECK(render_internal::elapsed_text(nanoseconds(0)) == "0 ms");
  CHECK(render_internal::elapsed_text(milliseconds(999)) == "999 ms");
  CHECK(render_internal::elapsed_text(milliseconds(1049)) == "1.0 s");
  CHECK(render_internal::elapsed_text(milliseconds(8250)) == "8.3 s");
  CHECK(render_internal::elapsed_text(milliseconds(99960)) == "1 min 40 s");
  CHECK(render_internal::elapsed_text(seconds(125)) == "2 min 5 s");
  CHECK(render_internal::elapsed_text(seconds(3725)) == "1 h 2 min");
}
