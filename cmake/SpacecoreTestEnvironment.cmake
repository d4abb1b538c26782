# SPDX-License-Identifier: Apache-2.0
# Run by ctest before the tests: what users have set and keep at home is no part of them. While
# XDG_DATA_HOME is set, the library does not look into HOME.
foreach(variable IN ITEMS SPACECORE_PLUGIN_PATH SPACECORE_PLUGINS SPACECORE_PLUGIN_UNSAFE)
  unset(ENV{${variable}})
endforeach()
set(ENV{XDG_DATA_HOME} "/nonexistent")
