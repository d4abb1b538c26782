// SPDX-License-Identifier: Apache-2.0
// Whole-file input and all-or-nothing output. Every failure is a FileErr that begins with the path.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace spc::io {

/// Text of a file, or of its beginning.
struct FileText {
  struct Free {
    void operator()(char *p) const noexcept { std::free(p); }
  };

  /// size bytes, then one '\n' that size does not count, so that a scanner of lines needs no
  /// end-of-buffer test inside a line.
  std::unique_ptr<char[], Free> data;
  std::size_t size = 0;
  /// Length of the whole file.
  std::uint64_t file_bytes = 0;
  /// False: the file goes on after size bytes, which then end with a complete line.
  bool whole = true;
};

/// Reads a regular file or a pipe. A regular file longer than `limit` bytes gives its complete
/// lines within the first `limit` bytes (none, if the first line is longer); a pipe is read to its
/// end. FileErr for anything else, a directory included.
FileText read_file(const std::string &path, std::size_t limit = SIZE_MAX);

/// A file that appears under its name only once it is complete. Output goes to a new file in the
/// same directory, which commit() renames over the name and the destructor otherwise removes. What
/// is there already keeps its permissions; a symbolic link is followed. A name that stands for
/// something other than a regular file (/dev/null, a pipe) is written to directly, since replacing
/// it would destroy it.
class OutputFile {
 public:
  explicit OutputFile(const std::string &path);
  ~OutputFile();
  OutputFile(const OutputFile &) = delete;
  OutputFile &operator=(const OutputFile &) = delete;

  void write(std::string_view text);
  void commit();

 private:
  void open_temporary(const std::string &directory);
  void flush();
  [[noreturn]] void fail_with_errno(const char *action) const;

  std::string path_;       // as the caller named it, for messages
  std::string target_;     // what is replaced; links resolved
  std::string temporary_;  // empty: written to directly, or already committed
  std::string buffer_;
  int fd_ = -1;
};

}  // namespace spc::io
