#include <doctest/doctest.h>

#include "drift/render/render.hpp"
#include "sample.hpp"

using namespace drift;

TEST_CASE("what keeps the whole scan from an answer stands below the resource's own") {
  Report r = test::sample();
  const std::string address = r.findings[0].address;
  r.complete = false;
  r.errors.push_back({"", "", Verdict::unreadable, Error(Errc::config_invalid, "the key was not given").next("give it")});
  const std::string text = render_explain(r, address, {.unicode = false});
  CHECK(text.find("\n! error\n  error       E_CONFIG_INVALID: the key was not given\n  next        give it\n") != std::string::npos);
  CHECK(text.find("\n! error") > text.find(address));
}

TEST_CASE("everything known of a finding") {
  Report r = test::sample();
  r.findings[1].changes.resize(2);
  r.findings[1].changes[0].rule = "schema:set";
  CHECK(render_explain(r, "aws_security_group.web", {.unicode = false}) ==
        "~ changed aws_security_group.web (aws_security_group)\n"
        "  fingerprint " +
            finding_fingerprint("aws_security_group.web", "aws_security_group") + R"(
  basis       recorded, actual
  risk        critical, behavioural, neutral
  why         security group opened to the world
  rule        some.rule

  ~ ingress[0].cidr_blocks[0]: "10.0.0.0/8" -> "0.0.0.0/0"
      pointer     "/ingress/0/cidr_blocks/0"
      relation    drift
      why         value
      recorded    "10.0.0.0/8"
      actual      "0.0.0.0/0"
      rule        schema:set

  + tags.Temp: "yes"
      pointer     "/tags/Temp"
      relation    drift
      why         value
      recorded    (absent)
      actual      "yes"
)");
}

TEST_CASE("errors and suppressed differences are explained too") {
  const Report r = test::sample();
  CHECK(render_explain(r, "aws_db_instance.main", {.unicode = false}) == R"(! unreadable aws_db_instance.main (aws_db_instance)
  error       E_READ_AUTH: the credentials were refused
  next        check AWS_PROFILE
)");
  CHECK(render_explain(r, "aws_instance.tmp", {.unicode = false}) == R"(= suppressed aws_instance.tmp (aws_instance)
  would be    deleted
  rule        short-lived (hide)
)");
  const std::string muted = render_explain(r, "aws_instance.a", {.unicode = false});
  CHECK(muted.find("      rule        our-tags (mute): set by the cost tool\n") != std::string::npos);
}

TEST_CASE("of an address without an entry it says so, and does not call it clean when the scan is incomplete") {
  Report r = test::sample();
  const std::string text = render_explain(r, "x.y", {});
  CHECK(text.find("x.y has no finding") != std::string::npos);
  CHECK(text.find("incomplete") != std::string::npos);
  r.complete = true;
  CHECK(render_explain(r, "x.y", {}).find("incomplete") == std::string::npos);
}
