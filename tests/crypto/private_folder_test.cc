#include "crypto/octets/private_folder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>

namespace shakedown::crypto {
namespace {

namespace fs = std::filesystem;

// Of this process alone: tests run side by side, and each removes what it finds.
const std::string kPrefix = "shakedown-private-folder-test-" + std::to_string(::getpid());

void make_older(const std::string& folder) {
  fs::last_write_time(folder, fs::last_write_time(folder) - std::chrono::hours{1});
}

// The folder of another process; that process waits until it is killed.
struct Owner {
  pid_t process = -1;
  std::string folder;

  Owner() {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    process = ::fork();
    if (process == 0) {
      const auto made = PrivateFolder::make(kPrefix);
      const std::string path = made ? made->path() : "";
      if (::write(ends[1], path.data(), path.size()) < 0) ::_exit(1);
      ::close(ends[1]);
      while (true) ::pause();
    }
    ::close(ends[1]);
    char text[4096];
    const ssize_t size = ::read(ends[0], text, sizeof text);
    ::close(ends[0]);
    if (size > 0) folder.assign(text, static_cast<std::size_t>(size));
  }

  ~Owner() { kill(); }

  void kill() {
    if (process <= 0) return;
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
    process = -1;
  }
};

TEST(PrivateFolder, GoesWithItsOwner) {
  std::string path;
  {
    const auto folder = PrivateFolder::make(kPrefix);
    ASSERT_TRUE(folder.has_value());
    path = folder->path();
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(PrivateFolder, OfAKilledProcessIsRemovedByTheNext) {
  Owner owner;
  ASSERT_TRUE(fs::exists(owner.folder));
  make_older(owner.folder);
  owner.kill();
  ASSERT_TRUE(fs::exists(owner.folder));
  ASSERT_TRUE(PrivateFolder::make(kPrefix).has_value());
  EXPECT_FALSE(fs::exists(owner.folder));
}

TEST(PrivateFolder, OfALivingProcessStays) {
  const Owner owner;
  make_older(owner.folder);
  ASSERT_TRUE(PrivateFolder::make(kPrefix).has_value());
  EXPECT_TRUE(fs::exists(owner.folder));
  fs::remove_all(owner.folder);
}

// It may be one whose owner has not locked it yet.
TEST(PrivateFolder, StaysForAMinute) {
  Owner owner;
  owner.kill();
  ASSERT_TRUE(PrivateFolder::make(kPrefix).has_value());
  EXPECT_TRUE(fs::exists(owner.folder));
  fs::remove_all(owner.folder);
}

}  // namespace
}  // namespace shakedown::crypto
