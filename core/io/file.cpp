// SPDX-License-Identifier: Apache-2.0
#include "core/io/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>

#include "core/support/error.hpp"

namespace spc::io {
namespace {

constexpr std::size_t output_buffer_bytes = std::size_t{1} << 20;
constexpr std::size_t pipe_block_bytes = std::size_t{1} << 16;

std::string reason_of(int code) {
  return std::generic_category().message(code);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

int open_retrying(const char *path, int flags, mode_t mode = 0) {
  int fd;
  do {
    fd = ::open(path, flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

void grow(FileText &text, std::size_t capacity) {
  // One byte more for the sentinel. realloc, because the bytes are about to be overwritten and
  // large blocks can move without a copy.
  if (capacity >= SIZE_MAX / 2) throw std::bad_alloc();
  auto *moved = static_cast<char *>(std::realloc(text.data.get(), capacity + 1));
  if (moved == nullptr) throw std::bad_alloc();
  static_cast<void>(text.data.release());
  text.data.reset(moved);
}

}  // namespace

// Read, not mapped: a file that another process truncates while it is mapped kills the reader.
FileText read_file(const std::string &path, std::size_t limit) {
  const Descriptor file(open_retrying(path.c_str(), O_RDONLY | O_NOCTTY));
  if (file.get() < 0) fail(SPC_E_FILE, "{}: cannot be opened: {}", path, reason_of(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0)
    fail(SPC_E_FILE, "{}: cannot be examined: {}", path, reason_of(errno));
  if (S_ISDIR(status.st_mode)) fail(SPC_E_FILE, "{}: is a directory, not a file", path);
  const bool regular = S_ISREG(status.st_mode);
  if (!regular && !S_ISFIFO(status.st_mode))
    fail(SPC_E_FILE, "{}: is neither a regular file nor a pipe", path);
  if (!regular) limit = SIZE_MAX;

  FileText text;
  const auto announced = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  // One byte more than announced lets the first pass see the end of the file.
  std::size_t capacity = announced < limit ? std::max(announced + 1, pipe_block_bytes) : limit;
  grow(text, capacity);
  for (;;) {
    if (text.size == capacity) {
      if (capacity >= limit) break;
      capacity = std::min(limit, capacity * 2);
      grow(text, capacity);
    }
    const ssize_t got = ::read(file.get(), text.data.get() + text.size, capacity - text.size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(SPC_E_FILE, "{}: cannot be read: {}", path, reason_of(errno));
    if (got == 0) break;
    text.size += static_cast<std::size_t>(got);
  }
  text.file_bytes = std::max<std::uint64_t>(announced, text.size);
  text.whole = text.size < limit || text.size >= announced;
  if (!text.whole) {
    const void *last = ::memrchr(text.data.get(), '\n', text.size);
    text.size =
        last == nullptr
            ? 0
            : static_cast<std::size_t>(static_cast<const char *>(last) - text.data.get()) + 1;
  }
  text.data[text.size] = '\n';
  return text;
}

OutputFile::OutputFile(const std::string &path) : path_(path), target_(path) {
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) fail(SPC_E_FILE, "{}: is a directory, not a file", path);
  if (exists && !S_ISREG(status.st_mode)) {
    fd_ = open_retrying(path.c_str(), O_WRONLY | O_NOCTTY);
    if (fd_ < 0) fail_with_errno("opened for writing");
  } else {
    if (exists) {
      // Replacing needs no permission on the file itself; a file marked read-only is meant to stay.
      if (::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0)
        fail_with_errno("opened for writing");
      const std::unique_ptr<char, FileText::Free> resolved(::realpath(path.c_str(), nullptr));
      if (resolved) target_ = resolved.get();
    }
    const std::size_t slash = target_.rfind('/');
    open_temporary(slash == std::string::npos ? std::string() : target_.substr(0, slash + 1));
    if (exists) static_cast<void>(::fchmod(fd_, status.st_mode & 07777));
  }
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::open_temporary(const std::string &directory) {
  static std::atomic<unsigned> serial{0};
  // O_EXCL decides; the number only makes a second attempt rare. The name does not contain the
  // target's, which may already have the longest length that the file system allows.
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::string name =
        fmt::format("{}.spacecore-{}-{}.tmp", directory, ::getpid(), serial.fetch_add(1));
    fd_ = open_retrying(name.c_str(), O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (fd_ >= 0) {
      temporary_ = std::move(name);
      return;
    }
    if (errno != EEXIST) break;
  }
  fail_with_errno("created");
}

void OutputFile::write(std::string_view text) {
  if (buffer_.capacity() < output_buffer_bytes) buffer_.reserve(output_buffer_bytes);
  if (buffer_.size() + text.size() > output_buffer_bytes) flush();
  buffer_.append(text);
}

void OutputFile::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t done = ::write(fd_, rest.data(), rest.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) fail_with_errno("written");
    rest.remove_prefix(static_cast<std::size_t>(done));
  }
  buffer_.clear();
}

void OutputFile::commit() {
  flush();
  // Some file systems report a full disk only here.
  if (::close(std::exchange(fd_, -1)) != 0 && errno != EINTR) fail_with_errno("written");
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_with_errno("replaced");
  temporary_.clear();
}

void OutputFile::fail_with_errno(const char *action) const {
  fail(SPC_E_FILE, "{}: cannot be {}: {}", path_, action, reason_of(errno));
}

}  // namespace spc::io
