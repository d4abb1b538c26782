// SPDX-License-Identifier: Apache-2.0
#include <elf.h>
#include <fmt/core.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "tools/spacecore/check_plugin/check.hpp"

namespace cmd::check_plugin {
namespace {

using Header = ElfW(Ehdr);
using Section = ElfW(Shdr);
using Symbol = ElfW(Sym);
using Dynamic = ElfW(Dyn);

// Symbol info has one layout in both classes.
constexpr unsigned binding(const Symbol &s) {
  return s.st_info >> 4;
}
constexpr unsigned visibility(const Symbol &s) {
  return s.st_other & 3;
}

// The parts of an ELF file that say what it exports and needs. Every access is within the file.
class Elf {
 public:
  explicit Elf(const std::string &path) {
    std::ifstream stream(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(stream), {});
    if (!stream) throw std::runtime_error("cannot be read");
    if (bytes_.size() < SELFMAG || std::memcmp(bytes_.data(), ELFMAG, SELFMAG) != 0)
      throw std::runtime_error("is not an ELF file");
    const auto header = at<Header>(0);
    constexpr unsigned char own_class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
    const unsigned own = own_machine();
    if (header.e_ident[EI_CLASS] != own_class || header.e_machine != own)
      throw std::runtime_error(
          fmt::format("is for another machine (class {}, machine {}; here {}, {})",
                      header.e_ident[EI_CLASS], header.e_machine, own_class, own));
    if (header.e_type != ET_DYN)
      throw std::runtime_error(fmt::format("is no shared object (type {})", header.e_type));
    for (unsigned i = 0; i < header.e_shnum; ++i)
      sections_.push_back(at<Section>(header.e_shoff + std::size_t{i} * header.e_shentsize));
    // A program with a position-independent start is ET_DYN too, and has an interpreter.
    for (unsigned i = 0; i < header.e_phnum; ++i)
      if (at<ElfW(Phdr)>(header.e_phoff + std::size_t{i} * header.e_phentsize).p_type == PT_INTERP)
        throw std::runtime_error("is a program, not a shared object");
    if (!section(SHT_DYNSYM) || !section(SHT_DYNAMIC))
      throw std::runtime_error("has no section headers of its dynamic symbols");
  }

  /// Names of what the file defines for others, and of the unique symbols among all it defines.
  void symbols(std::vector<std::string> &exported, std::vector<std::string> &unique) const {
    const Section &table = *section(SHT_DYNSYM);
    for (std::size_t i = 0; i < table.sh_size / sizeof(Symbol); ++i) {
      const auto s = at<Symbol>(table.sh_offset + i * sizeof(Symbol));
      // Absolute symbols are the names of versions.
      if (s.st_shndx == SHN_UNDEF || s.st_shndx == SHN_ABS || binding(s) == STB_LOCAL) continue;
      const std::string name = text(linked(table), s.st_name);
      if (binding(s) == STB_GNU_UNIQUE) unique.push_back(name);
      if (visibility(s) == STV_DEFAULT || visibility(s) == STV_PROTECTED) exported.push_back(name);
    }
  }

  std::vector<std::string> needed() const {
    std::vector<std::string> names;
    each_dynamic([&](const Section &table, const Dynamic &d) {
      if (d.d_tag == DT_NEEDED) names.push_back(text(linked(table), d.d_un.d_val));
    });
    return names;
  }

  bool static_tls() const {
    bool found = false;
    each_dynamic([&](const Section &, const Dynamic &d) {
      found = found || (d.d_tag == DT_FLAGS && (d.d_un.d_val & DF_STATIC_TLS) != 0);
    });
    return found;
  }

 private:
  static unsigned own_machine() {
    unsigned machine = EM_NONE;
    std::ifstream self("/proc/self/exe", std::ios::binary);
    Header header{};
    if (self.read(reinterpret_cast<char *>(&header), sizeof header)) machine = header.e_machine;
    return machine;
  }

  template <class T>
  T at(std::size_t offset) const {
    T value;
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof value)
      throw std::runtime_error("is a truncated ELF file");
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  const Section *section(unsigned type) const {
    for (const Section &s : sections_)
      if (s.sh_type == type) return &s;
    return nullptr;
  }
  const Section &linked(const Section &s) const {
    if (s.sh_link >= sections_.size()) throw std::runtime_error("is a damaged ELF file");
    return sections_[s.sh_link];
  }
  std::string text(const Section &strings, std::size_t offset) const {
    std::string name;
    for (std::size_t i = strings.sh_offset + offset; const char c = at<char>(i); ++i) name += c;
    return name;
  }
  template <class Body>
  void each_dynamic(Body body) const {
    const Section &table = *section(SHT_DYNAMIC);
    for (std::size_t i = 0; i < table.sh_size / sizeof(Dynamic); ++i)
      body(table, at<Dynamic>(table.sh_offset + i * sizeof(Dynamic)));
  }

  std::vector<char> bytes_;
  std::vector<Section> sections_;
};

std::string joined(const std::vector<std::string> &words, std::size_t most = 8) {
  std::string text;
  for (std::size_t i = 0; i < words.size() && i < most; ++i) text += (i ? ", " : "") + words[i];
  if (words.size() > most) text += fmt::format(" and {} more", words.size() - most);
  return text;
}

// Whoever may write the file, or replace it, runs code in every program that loads it.
Result permissions(const std::filesystem::path &file) {
  Result result{"permissions", Verdict::ok, ""};
  const auto note = [&](Verdict verdict, const std::string &text) {
    result.verdict = std::max(result.verdict, verdict);
    result.reason += (result.reason.empty() ? "" : "; ") + text;
  };
  const auto directory = file.parent_path();
  for (auto path = file;; path = path.parent_path()) {
    struct stat status;
    if (stat(path.c_str(), &status) != 0) {
      note(Verdict::failed, fmt::format("{}: {}", path.string(), std::strerror(errno)));
      break;
    }
    const bool own = path == file || path == directory;
    // The sticky bit lets nobody replace the entries of others; the file's own directory has to do
    // without.
    if ((status.st_mode & S_IWOTH) != 0 && (own || (status.st_mode & S_ISVTX) == 0))
      note(Verdict::failed, fmt::format("{} is writable for everybody (mode {:04o})", path.string(),
                                        status.st_mode & 07777));
    else if ((status.st_mode & S_IWGRP) != 0 && own)
      note(Verdict::warning, fmt::format("{} is writable for its group (mode {:04o})",
                                         path.string(), status.st_mode & 07777));
    if (status.st_uid != 0 && status.st_uid != geteuid())
      note(Verdict::warning, fmt::format("{} belongs to user {}", path.string(), status.st_uid));
    if (path == path.root_path()) break;
  }
  return result;
}

Result exports(std::vector<std::string> exported) {
  std::vector<std::string> missing = {"register_ops", "spacecore_plugin_v1"};
  for (const auto &name : exported) std::erase(missing, name);
  // What AddressSanitizer adds beside each exported variable.
  std::erase_if(exported, [](const auto &name) { return name.starts_with("__odr_asan"); });
  std::erase(exported, "register_ops");
  std::erase(exported, "spacecore_plugin_v1");
  std::string reason;
  if (!missing.empty()) reason = "does not export " + joined(missing);
  if (!exported.empty()) {
    reason +=
        (reason.empty() ? "" : "; ") +
        fmt::format("exports {} more: {}; hide them (-fvisibility=hidden, or a version script)",
                    exported.size(), joined(exported));
  }
  return {"exports", reason.empty() ? Verdict::ok : Verdict::failed, reason};
}

Result links(const std::vector<std::string> &needed) {
  for (const auto &name : needed) {
    if (name.starts_with("libspacecore.so"))
      return {"links", Verdict::failed,
              "needs " + name + "; a plugin links neither the core nor the C API"};
  }
  // A second OpenMP runtime hangs or crashes in processes that have another, and after a fork.
  for (const auto &name : needed) {
    if (name.starts_with("libgomp.") || name.starts_with("libomp.") || name.starts_with("libiomp"))
      return {"links", Verdict::warning,
              "needs " + name + ", a thread runtime of its own; use `parallel` of the host"};
  }
  return {"links", Verdict::ok, needed.empty() ? "needs nothing" : "needs " + joined(needed)};
}

}  // namespace

const char *verdict_name(Verdict verdict) {
  static constexpr std::array names = {"ok", "warning", "FAILED"};
  return names[static_cast<std::size_t>(verdict)];
}

bool check_file(const std::string &path, const Sink &sink) {
  sink(permissions(path));
  std::optional<Elf> elf;
  try {
    elf.emplace(path);
    sink({"shared object", Verdict::ok, ""});

    std::vector<std::string> exported, unique;
    elf->symbols(exported, unique);
    sink(exports(std::move(exported)));
    sink(links(elf->needed()));
    sink({"unique symbols", unique.empty() ? Verdict::ok : Verdict::failed,
          unique.empty() ? ""
                         : joined(unique, 3) + ": shared with every other object that has them; "
                                               "hide them, or use -fno-gnu-unique"});
    const bool tls = elf->static_tls();
    sink({"thread storage", tls ? Verdict::failed : Verdict::ok,
          tls ? "DF_STATIC_TLS: loading fails once the reserve of the process is used up; do not "
                "compile with -ftls-model=initial-exec"
              : ""});
    return true;
  } catch (const std::exception &error) {
    sink({elf ? "symbols" : "shared object", Verdict::failed, error.what()});
    return false;
  }
}

}  // namespace cmd::check_plugin
