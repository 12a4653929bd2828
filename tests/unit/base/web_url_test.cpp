#include "base/web_url.hpp"

#include <doctest/doctest.h>

#include "drift/base/error.hpp"

using namespace drift;
using namespace drift::base_internal;

TEST_CASE("service URL: of this machine by name or address") {
  for (const std::string url :
       {"http://127.0.0.1", "http://127.0.0.1:8080/x", "https://localhost", "http://LocalHost:1", "http://127.9.255.0", "http://[::1]:80/"})
    CHECK_MESSAGE(is_loopback_url(url), url);
  for (const std::string url :
       {"http://127.0.0.1.evil.example", "http://127.0.0.256", "http://127.0.1", "http://127.0.0.01", "http://127.0.0.1.",
        "http://localhost.evil.example", "http://evil.example/127.0.0.1", "http://evil.example:80/localhost", "http://[::2]",
        "http://[::1].evil.example", "http://127.0.0.1@evil.example", "http://localhost:pw@evil.example",
        "http://localhost#.evil.example@x", "127.0.0.1", "ftp://127.0.0.1", ""})
    CHECK_MESSAGE(!is_loopback_url(url), url);
}

TEST_CASE("service URL: https, or http to this machine, and nothing in it that is none of a URL") {
  for (const std::string url : {"https://api.pulumi.com", "https://a-b.example:8443/base/path%20x", "http://127.0.0.1:1",
                                "http://localhost", "https://[fe80::1]:443", "http://[::1]"})
    CHECK_MESSAGE(check_service_url(url).ok(), url);
  for (const std::string url : {"http://api.acme.example",
                                "http://10.0.0.1",
                                "https://",
                                "https://:443",
                                "https:///x",
                                "https://-x.example",
                                "https://h:",
                                "https://h:x",
                                "https://h:123456",
                                "https://h/?q=1",
                                "https://h/#f",
                                "https://h/a b",
                                "https://h/$(x)",
                                "https://h;rm -rf ~",
                                "https://h/'",
                                "https://[]",
                                "https://[::1",
                                "https://h%2f.evil",
                                "file:///x",
                                "h",
                                "",
                                "https://h\n"}) {
    CAPTURE(url);
    const Status s = check_service_url(url);
    REQUIRE_FALSE(s.ok());
    CHECK(s.error().code() == Errc::config_invalid);
    CHECK_FALSE(s.error().next_step().empty());
  }
}

TEST_CASE("service URL: what stands before an @ is refused, and shown nowhere") {
  for (const std::string url : {"https://ann:canary@h.example", "https://canary@h.example/x", "http://u:canary@127.0.0.1",
                                "https://u:can/canary@h", "https://u:can?canary@h", "https://u:canary@canary@h", "u:canary@h",
                                "x@canary://y@h", "https://h/?token=canary", "https://h/#canary"}) {
    CAPTURE(url);
    const Status s = check_service_url(url);
    REQUIRE_FALSE(s.ok());
    CHECK(s.error().to_string().find("canary") == std::string::npos);
    CHECK(shown_url(url).find("can/") == std::string::npos);
  }
  CHECK(shown_url("https://ann:pw@h.example:1/x") == "https://h.example:1/x");
  CHECK(shown_url("https://h.example/x") == "https://h.example/x");
  CHECK(shown_url("postgres://ann:pw@db/x?sslpassword=pw") == "postgres://db/x");
  CHECK(shown_url("ann:pw@h") == "h");
  CHECK(shown_url("https://h\nx") == one_line("https://h\nx"));
}
