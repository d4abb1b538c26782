// SPDX-License-Identifier: Apache-2.0
#include "core/registry/elf_file.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "core/support/error.hpp"

namespace spc {
namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

class File {
 public:
  explicit File(const std::string &path)
      : path_(path), fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (fd_ < 0) fail(SPC_E_PLUGIN, "{}: cannot be opened: {}", path, std::strerror(errno));
  }
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  ~File() { close(fd_); }

  // Exactly size bytes at offset.
  void read(void *to, std::size_t size, std::uint64_t offset) const {
    for (std::size_t done = 0; done < size;) {
      const ssize_t n = pread(fd_, static_cast<char *>(to) + done, size - done,
                              static_cast<off_t>(offset + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail(SPC_E_PLUGIN, "{}: cannot be read: {}", path_, std::strerror(errno));
      if (n == 0) fail(SPC_E_PLUGIN, "{}: truncated ELF file", path_);
      done += static_cast<std::size_t>(n);
    }
  }

 private:
  const std::string &path_;
  const int fd_;
};

// The header of the object that holds this code: what a plugin has to agree with.
const Header &own_header() {
  static const char anchor = 0;
  Dl_info info;
  dladdr(&anchor, &info);
  return *static_cast<const Header *>(info.dli_fbase);
}

}  // namespace

std::string resolved_path(const std::string &path) {
  if (path.size() >= PATH_MAX)
    fail(SPC_E_PLUGIN, "{}...: a path of {} characters, at most {} are possible",
         path.substr(0, 64), path.size(), PATH_MAX - 1);
  const std::unique_ptr<char, decltype(&std::free)> resolved(realpath(path.c_str(), nullptr),
                                                             std::free);
  if (resolved == nullptr)
    fail(SPC_E_PLUGIN, "{}: cannot be opened: {}", path, std::strerror(errno));
  return resolved.get();
}

void check_shared_object(const std::string &path) {
  struct stat status;
  if (stat(path.c_str(), &status) != 0)
    fail(SPC_E_PLUGIN, "{}: cannot be opened: {}", path, std::strerror(errno));
  if (S_ISDIR(status.st_mode)) fail(SPC_E_PLUGIN, "{}: is a directory, not a file", path);
  if (!S_ISREG(status.st_mode)) fail(SPC_E_PLUGIN, "{}: is not a regular file", path);

  const File file(path);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  char magic[SELFMAG] = {};
  if (size >= sizeof magic) file.read(magic, sizeof magic, 0);
  if (std::memcmp(magic, ELFMAG, SELFMAG) != 0) fail(SPC_E_PLUGIN, "{}: is not an ELF file", path);
  if (size < sizeof(Header)) fail(SPC_E_PLUGIN, "{}: truncated ELF file", path);

  Header header;
  file.read(&header, sizeof header, 0);
  const Header &own = own_header();
  if (header.e_ident[EI_CLASS] != own.e_ident[EI_CLASS] ||
      header.e_ident[EI_DATA] != own.e_ident[EI_DATA] || header.e_machine != own.e_machine)
    fail(SPC_E_PLUGIN,
         "{}: is an ELF file for another machine (class {}, machine {}; this process: class {}, "
         "machine {})",
         path, header.e_ident[EI_CLASS], header.e_machine, own.e_ident[EI_CLASS], own.e_machine);
  if (header.e_type != ET_DYN)
    fail(SPC_E_PLUGIN, "{}: is an ELF file but no shared object (type {}, expected {})", path,
         header.e_type, ET_DYN);
  if (header.e_phentsize != sizeof(Segment) || header.e_phnum == 0)
    fail(SPC_E_PLUGIN, "{}: damaged ELF file: no program headers", path);

  std::vector<Segment> segments(header.e_phnum);
  file.read(segments.data(), segments.size() * sizeof(Segment), header.e_phoff);
  for (const Segment &s : segments)
    if (s.p_type == PT_LOAD && (s.p_filesz > size || s.p_offset > size - s.p_filesz))
      fail(SPC_E_PLUGIN, "{}: truncated ELF file: a segment ends at byte {}, the file at {}", path,
           s.p_offset + s.p_filesz, size);
}

bool same_file(const char *a, const char *b) noexcept {
  struct stat sa, sb;
  return stat(a, &sa) == 0 && stat(b, &sb) == 0 && sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

}  // namespace spc
