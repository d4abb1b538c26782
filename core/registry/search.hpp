// SPDX-License-Identifier: Apache-2.0
// Where plugins are looked for. Never the working directory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/registry/load_report.hpp"
#include "core/registry/manifest.hpp"
#include "core/registry/processor.hpp"
#include "core/registry/trust.hpp"

namespace spc {

/// What a search depends on besides the files that it finds.
struct Surroundings {
  TrustRules trust;
  Processor processor;
  std::string system_manifests;  // the directory that an administrator fills

  /// Those of this process, with /etc/spacecore/<ABI major>.d.
  static Surroundings of_process();
};

struct SearchDirectory {
  std::string path;
  bool manifests_only = false;
};

/// The directories of SPACECORE_PLUGIN_PATH, then `spacecore/<ABI major>/` in $XDG_DATA_HOME (or
/// ~/.local/share), beside this library and where it was configured to be installed, and the manifests
/// of the system; each place once. None with SPACECORE_PLUGINS=none. Programs with raised rights
/// (AT_SECURE) look neither at the environment nor into a home directory.
std::vector<SearchDirectory> default_plugin_directories(const Surroundings &surroundings,
                                                        LoadReport &report);

/// A file to be tried.
struct Candidate {
  std::string path;                  // as found: of the manifest, if there is one
  std::optional<Manifest> manifest;  // good as far as can be told without opening the file
};

/// Manifests `*.manifest` of a directory and those of its files `*.so` that no manifest there is
/// about, by falling priority and then by name; a file without a manifest has priority 0. A missing
/// directory is empty; one that cannot be read, and every manifest that is refused, is a line of the
/// report.
std::vector<Candidate> plugin_candidates(const SearchDirectory &directory,
                                         const Surroundings &surroundings, LoadReport &report);

}  // namespace spc
