#include "cli/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>

namespace shakedown::cli {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> failed(const std::string& path, int error) {
  return fail(ErrorCode::kEnvironment, path + ": " + std::system_category().message(error));
}

Result<std::string> read_descriptor(int descriptor, const std::string& path, std::size_t limit) {
  std::string text;
  char buffer[1 << 16];
  while (true) {
    const ssize_t got = read(descriptor, buffer, sizeof buffer);
    if (got == 0) return text;
    if (got < 0) {
      if (errno == EINTR) continue;
      return failed(path, errno);
    }
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > limit) {
      return fail(ErrorCode::kTooLarge,
                  path + ": larger than " + std::to_string(limit) + " octets");
    }
  }
}

// All of it, then closes. 0 or the error.
int write_and_close(int descriptor, std::string_view text, bool to_disk) {
  int error = 0;
  while (!text.empty() && error == 0) {
    const ssize_t wrote = write(descriptor, text.data(), text.size());
    if (wrote < 0 && errno != EINTR) error = errno;
    if (wrote > 0) text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (error == 0 && to_disk && fsync(descriptor) != 0 && errno != EINVAL) error = errno;
  if (close(descriptor) != 0 && error == 0) error = errno;
  return error;
}

int write_in_place(const std::string& path, std::string_view text) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  return descriptor < 0 ? errno : write_and_close(descriptor, text, false);
}

// A new file beside `target` that nobody else has made: a link planted there is not followed.
// -1 with errno.
int open_beside(const std::string& target, mode_t mode, std::string& name) {
  constexpr int kTries = 100;
  int descriptor = -1;
  for (int i = 0; i < kTries; ++i) {
    name = target + "." + std::to_string(getpid()) + "-" + std::to_string(i) + ".tmp";
    descriptor = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (descriptor >= 0 || errno != EEXIST) break;
  }
  return descriptor;
}

// Where a chain of links ends, also if nothing is there yet.
std::string end_of_links(const std::string& path) {
  fs::path at = path;
  constexpr int kMostLinks = 40;  // As the kernel has it.
  std::error_code error;
  for (int i = 0; i < kMostLinks && fs::is_symlink(at, error); ++i) {
    const fs::path next = fs::read_symlink(at, error);
    at = next.is_absolute() ? next : at.parent_path() / next;
  }
  return at.string();
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  if (path == "-") return read_descriptor(STDIN_FILENO, "standard input", limit);
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const int error = errno;
    auto failure = failed(path, error);
    if (error == ENOENT) failure.value().code = ErrorCode::kNotFound;
    return failure;
  }
  auto text = read_descriptor(descriptor, path, limit);
  close(descriptor);
  return text;
}

Status write_file(const std::string& path, std::string_view text, mode_t mode) {
  struct stat before {};
  const bool exists = stat(path.c_str(), &before) == 0;
  if (!exists && errno != ENOENT) return failed(path, errno);
  int error = 0;
  if (exists && !S_ISREG(before.st_mode)) {
    error = write_in_place(path, text);
  } else {
    const std::string target = end_of_links(path);
    std::string temporary;
    const int descriptor = open_beside(target, mode, temporary);
    if (descriptor >= 0) {
      if (exists) fchmod(descriptor, before.st_mode & mode);
      error = write_and_close(descriptor, text, true);
      if (error == 0 && rename(temporary.c_str(), target.c_str()) != 0) error = errno;
      if (error != 0) unlink(temporary.c_str());
    } else {
      error = exists && errno != ENOSPC ? write_in_place(path, text) : errno;
    }
  }
  if (error != 0) return failed(path, error);
  return {};
}

void remove_file(const std::string& path) {
  struct stat found {};
  if (lstat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode)) unlink(path.c_str());
}

}  // namespace shakedown::cli
