#include "state/pulumi_keys.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "third/digest.hpp"

using namespace drift;

TEST_CASE("pulumi keys: a key is that of its passphrase and salt, and the same object the next time") {
  PulumiKeys keys;
  const PulumiKeys::Key one = keys.derive("phrase", "salt");
  CHECK(one->view() == third::pbkdf2_sha256("phrase", "salt", 1'000'000, 32).view());
  CHECK(keys.derive("phrase", "salt") == one);
  CHECK(keys.derived() == 1);
  CHECK(keys.derive("phrase", "pepper")->view() != one->view());
  CHECK(keys.derive("other", "salt")->view() != one->view());
  CHECK(keys.derived() == 3);
}

TEST_CASE("pulumi keys: threads that ask at once get one key") {
  PulumiKeys keys;
  std::vector<PulumiKeys::Key> got(4);
  std::vector<std::thread> threads;
  for (PulumiKeys::Key& k : got) threads.emplace_back([&keys, &k] { k = keys.derive("phrase", "salt"); });
  for (std::thread& t : threads) t.join();
  for (const PulumiKeys::Key& k : got) CHECK(k == got[0]);
  CHECK(keys.derived() == 1);
}
