#include "crypto/octets/private_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace shakedown::crypto {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLock = "/lock";
constexpr std::size_t kUniqueLetters = 6;  // Of mkdtemp(3), each an X until it has chosen.
// Between the making of a folder and of its lock nobody can tell that it has an owner.
constexpr auto kTooYoung = std::chrono::minutes{1};

std::string temporary_directory() {
  const char* base = std::getenv("TMPDIR");
  return base == nullptr ? "/tmp" : base;
}

// Those of other users cannot be opened, and stay.
void remove_if_abandoned(const std::string& folder) {
  const int lock = ::open((folder + kLock).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (lock < 0) return;
  std::error_code ignored;
  if (::flock(lock, LOCK_EX | LOCK_NB) == 0) fs::remove_all(folder, ignored);
  ::close(lock);
}

void remove_abandoned(const std::string& beside, const std::string& prefix) {
  std::error_code error;
  const auto made_at = fs::last_write_time(beside, error);
  if (error) return;
  for (fs::directory_iterator at(temporary_directory(), error), end; !error && at != end;
       at.increment(error)) {
    if (!at->path().filename().string().starts_with(prefix)) continue;
    std::error_code unreadable;
    const auto written_at = at->last_write_time(unreadable);
    if (!unreadable && written_at + kTooYoung <= made_at) remove_if_abandoned(at->path().string());
  }
}

}  // namespace

Result<PrivateFolder> PrivateFolder::make(std::string_view prefix) {
  const std::string start = std::string(prefix) + "-";
  std::string path = temporary_directory() + "/" + start + std::string(kUniqueLetters, 'X');
  if (::mkdtemp(path.data()) == nullptr) {
    return fail(ErrorCode::kEnvironment, fmt::format("{}: {}", path, std::strerror(errno)));
  }
  PrivateFolder folder;
  folder.path_ = path;
  folder.lock_ = ::open((path + kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (folder.lock_ < 0 || ::flock(folder.lock_, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::kEnvironment, fmt::format("cannot write to {}", path));
  }
  remove_abandoned(path, start);
  return folder;
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      lock_(std::exchange(other.lock_, -1)) {}

PrivateFolder& PrivateFolder::operator=(PrivateFolder&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

PrivateFolder::~PrivateFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace shakedown::crypto
