// Bad input to a certificate repository: its origin and the CDN edge before it.
#include <gtest/gtest.h>

#include "actors/repository/repository.h"
#include "tests/actors/http_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

class RepositoryBadInput : public testing::Test {
 protected:
  explicit RepositoryBadInput()
      : repository_(world_.world(), options()),
        owner_("Bearer " + repository_.secret()) {}

  static RepositoryOptions options() {
    RepositoryOptions options;
    options.provider = "acme-tel";
    options.region = "local";
    options.edges = {"local"};
    options.secret = "secret";
    options.origin.max_objects = 3;
    options.origin.max_object_bytes = 1000;
    return options;
  }

  HttpReply ask(const std::string& method,
                const std::string& url,
                const std::string& body = {},
                const std::string& authorization = {}) {
    return ask_by_hand(
        world_.tester(),
        {.method = method, .url = url, .body = body, .type = "", .authorization = authorization});
  }

  int put(const std::string& path, const std::string& body = "x") {
    return ask("PUT", origin() + path, body, owner_).status;
  }

  std::string origin() const { return repository_.upload_base_url(); }

  std::string edge() const { return repository_.public_base_url(); }

  TestWorld world_;
  Repository repository_;
  std::string owner_;
};

TEST_F(RepositoryBadInput, OtherMethodsAre405) {
  world_.play([&] {
    for (const std::string method : {"POST", "PATCH", "OPTIONS", "PURGE"}) {
      const HttpReply reply = ask(method, origin() + "/a.pem", "", owner_);
      EXPECT_EQ(reply.status, 405) << method;
      EXPECT_EQ(reply.header("Allow"), "GET, HEAD, PUT, DELETE");
    }
    for (const std::string method : {"POST", "PUT", "DELETE", "PATCH"}) {
      const HttpReply reply = ask(method, edge() + "/a.pem", "", owner_);
      EXPECT_EQ(reply.status, 405) << method;
      EXPECT_EQ(reply.header("Allow"), "GET, HEAD");
      EXPECT_EQ(reply.header("Cache-Control"), "no-store");
    }
  });
}

TEST_F(RepositoryBadInput, OnlyTheOwnerChangesAnything) {
  world_.play([&] {
    EXPECT_EQ(put("/a.pem"), 201);
    for (const std::string& who :
         {std::string(), std::string("Bearer "), std::string("Bearer guess"),
          std::string("Basic secret"), owner_ + "x"}) {
      for (const std::string method : {"PUT", "DELETE"}) {
        const HttpReply reply = ask(method, origin() + "/a.pem", "y", who);
        EXPECT_EQ(reply.status, 401) << method << " " << who;
        EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer");
      }
      const HttpReply purged = ask("PURGE", edge() + "/a.pem", "", who);
      EXPECT_EQ(purged.status, 401) << who;
      EXPECT_EQ(purged.header("WWW-Authenticate"), "Bearer");
    }
    EXPECT_EQ(ask("GET", origin() + "/a.pem").text, "x");
  });
}

TEST_F(RepositoryBadInput, WhatIsNotThereIs404) {
  world_.play([&] {
    for (const std::string path : {"", "/", "/none.pem", "/a/../b.pem", "/%00", "/none.pem?x=1"}) {
      EXPECT_EQ(ask("GET", origin() + path).status, 404) << path;
      EXPECT_EQ(ask("GET", edge() + path).status, 404) << path;
    }
    const HttpReply head = ask("HEAD", edge() + "/none.pem");
    EXPECT_EQ(head.status, 404);
    EXPECT_EQ(head.text, "");
    EXPECT_EQ(ask("DELETE", origin() + "/none.pem", "", owner_).status, 404);
    EXPECT_EQ(ask("PURGE", edge() + "/never-asked.pem", "", owner_).status, 404);
  });
}

TEST_F(RepositoryBadInput, LimitsHold) {
  world_.play([&] {
    // A path that is no name; the longest one.
    for (const std::string path : {"", "/", "/folder/"}) EXPECT_EQ(put(path), 400) << path;
    EXPECT_EQ(put("/" + std::string(511, 'a')), 201);
    EXPECT_EQ(put("/" + std::string(512, 'a')), 400);
    // The largest object.
    EXPECT_EQ(put("/b", std::string(1000, 'b')), 201);
    EXPECT_EQ(put("/b", std::string(1001, 'b')), 413);
    EXPECT_EQ(ask("GET", origin() + "/b").text.size(), 1000u);
    // The number of objects.
    EXPECT_EQ(put("/c"), 201);
    EXPECT_EQ(put("/d"), 507);
    EXPECT_EQ(put("/c", "new"), 204);  // One that is there may change.
    EXPECT_EQ(ask("DELETE", origin() + "/c", "", owner_).status, 204);
    EXPECT_EQ(put("/d"), 201);
  });
}

}  // namespace
}  // namespace shakedown::actors
