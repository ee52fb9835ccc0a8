// Who is let in.
#include "apps/server/gate.h"

#include <gtest/gtest.h>

namespace pome::app {
namespace {

GateRules rules() {
  GateRules r;
  r.port = 8765;
  r.max_bytes = 1000;
  return r;
}

Head post() {
  Head head;
  head.method = "POST";
  head.hosts = {"localhost:8765"};
  head.content_type = "image/jpeg";
  head.content_lengths = {"1000"};
  return head;
}

int status(const Head& head, const GateRules& r = rules()) {
  const auto refusal = refuse(head, r);
  return refusal ? refusal->status : 0;
}

TEST(Gate, KnowsItsOwnNames) {
  for (const char* host : {"localhost:8765", "LocalHost:8765", "127.0.0.1:8765", "[::1]:8765"})
    EXPECT_TRUE(host_allowed(host, rules())) << host;
  GateRules on_80 = rules();
  on_80.port = 80;
  EXPECT_TRUE(host_allowed("localhost", on_80));
}

/// A name that its owner's DNS points to this machine (rebinding), and what only looks like ours.
TEST(Gate, KnowsNoOtherName) {
  for (const char* host : {"",
                           "evil.example:8765",
                           "localhost",
                           "localhost:8766",
                           "localhost.evil.example:8765",
                           "127.0.0.1.evil.example:8765",
                           "localhost:8765:8765",
                           "localhost:8765@evil.example",
                           "evil.example@localhost:8765",
                           "[::1",
                           "[::1]x:8765",
                           "::1:8765",
                           "localhost.:8765",
                           "localhost:08765x",
                           "localhost:-1",
                           "2130706433:8765",
                           "127.1:8765",
                           "0.0.0.0:8765",
                           "192.168.1.4:8765",
                           "[localhost]:8765",
                           "[127.0.0.1]:8765",
                           "localhost :8765"})
    EXPECT_FALSE(host_allowed(host, rules())) << host;
  EXPECT_FALSE(host_allowed(std::string(100000, 'a') + ":8765", rules()));
}

/// Open to the network, it is asked for by address: DNS has no say in that.
TEST(Gate, TakesAddressesWhereItIsOpenToTheNetwork) {
  GateRules open = rules();
  open.open_to_network = true;
  EXPECT_TRUE(host_allowed("192.168.1.4:8765", open));
  EXPECT_TRUE(host_allowed("[fe80::1]:8765", open));
  EXPECT_FALSE(host_allowed("192.168.1.4:80", open));
  EXPECT_FALSE(host_allowed("192.168.1.4.evil.example:8765", open));
  EXPECT_FALSE(host_allowed("evil.example:8765", open));
}

TEST(Gate, TakesNamesThatItIsGiven) {
  GateRules named = rules();
  named.allowed_hosts = {"pets.example"};
  EXPECT_TRUE(host_allowed("pets.example", named));
  EXPECT_TRUE(host_allowed("Pets.Example:443", named));
  EXPECT_FALSE(host_allowed("www.pets.example", named));
}

TEST(Gate, LetsItsOwnPageAsk) {
  EXPECT_EQ(status(post()), 0);
  Head head = post();
  head.origins = {"http://localhost:8765"};
  head.fetch_site = "same-origin";
  head.fetch_mode = "cors";
  EXPECT_EQ(status(head), 0);
}

TEST(Gate, LetsNoOtherPageAsk) {
  for (const char* origin : {"null", "http://evil.example", "http://localhost:8766",
                             "http://127.0.0.1:8765", "http://localhost", "file://"}) {
    Head head = post();
    head.origins = {origin};
    EXPECT_EQ(status(head), 403) << origin;
  }
  Head two = post();
  two.origins = {"http://localhost:8765", "http://evil.example"};
  EXPECT_EQ(status(two), 403);
  for (const char* site : {"cross-site", "same-site"}) {
    Head head = post();
    head.fetch_site = site;
    EXPECT_EQ(status(head), 403) << site;
    head.method = "GET";
    head.content_lengths = {};
    head.fetch_mode = "no-cors";
    EXPECT_EQ(status(head), 403) << site;
    head.fetch_mode = "navigate";
    EXPECT_EQ(status(head), 0) << "a link to the page";
  }
}

TEST(Gate, WantsOneHost) {
  Head head = post();
  head.hosts = {};
  EXPECT_EQ(status(head), 403);
  head.hosts = {"localhost:8765", "localhost:8765"};
  EXPECT_EQ(status(head), 403);
}

TEST(Gate, BoundsTheBody) {
  Head head = post();
  head.content_lengths = {"1001"};
  EXPECT_EQ(status(head), 413);
  head.content_lengths = {"18446744073709551615"};
  EXPECT_EQ(status(head), 413);
  for (const char* text : {"18446744073709551616", "-1", "+5", "5 ", "0x10", "", "1e3"}) {
    head.content_lengths = {text};
    EXPECT_EQ(status(head), 400) << text;
  }
  head.content_lengths = {"5", "6"};
  EXPECT_EQ(status(head), 411);
  head.content_lengths = {};
  EXPECT_EQ(status(head), 411);
  head = post();
  head.transfer_encoding = "chunked";
  EXPECT_EQ(status(head), 411);
  head = post();
  head.content_encoding = "gzip";
  EXPECT_EQ(status(head), 415) << "it would grow behind the limit";
}

/// What a form or a script elsewhere may send without asking first.
TEST(Gate, TakesNoTypeThatFormsSend) {
  for (const char* type : {"", "text/plain", "application/x-www-form-urlencoded",
                           "multipart/form-data; boundary=image/jpeg", "text/plain;image/png"}) {
    Head head = post();
    head.content_type = type;
    EXPECT_EQ(status(head), 415) << type;
  }
}

TEST(Gate, OtherMethods) {
  Head head = post();
  for (const char* method : {"PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE", "PRI"}) {
    head.method = method;
    EXPECT_EQ(status(head), 405) << method;
  }
  head.method = "GET";
  EXPECT_EQ(status(head), 400) << "with a body";
  head.content_lengths = {"0"};
  EXPECT_EQ(status(head), 0);
}

}  // namespace
}  // namespace pome::app
