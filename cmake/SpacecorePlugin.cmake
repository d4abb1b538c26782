# SPDX-License-Identifier: Apache-2.0
# spacecore_add_plugin(<family> SOURCES <file>... [LIBRARIES <target>...] [TEST_FAMILY])
#
# Adds the module target spacecore_<family>, which builds <family>.so. A plugin links neither the
# core nor the C API: whatever it needs from the host is passed to register_ops, and
# --no-undefined proves it. LIBRARIES are the vendor libraries of the family. A TEST_FAMILY goes to
# a directory that is not searched by default and is not installed.
function(spacecore_add_plugin family)
  cmake_parse_arguments(PARSE_ARGV 1 plugin "TEST_FAMILY" "" "SOURCES;LIBRARIES")
  if(plugin_UNPARSED_ARGUMENTS OR NOT plugin_SOURCES)
    message(FATAL_ERROR "spacecore_add_plugin(${family}): SOURCES missing or unknown arguments "
                        "'${plugin_UNPARSED_ARGUMENTS}'")
  endif()

  set(target spacecore_${family})
  add_library(${target} MODULE ${plugin_SOURCES})
  target_link_libraries(${target} PRIVATE spacecore_headers spacecore_warnings ${plugin_LIBRARIES})
  # Op tables name the slots that they fill; the others are null by intention.
  target_compile_options(${target} PRIVATE -Wno-missing-field-initializers)
  target_link_options(
    ${target} PRIVATE "-Wl,--version-script=${SPACECORE_PLUGIN_VERSION_SCRIPT}"
    -Wl,--no-undefined -Wl,-Bsymbolic)
  if(plugin_TEST_FAMILY)
    set(directory "${SPACECORE_TEST_PLUGIN_DIR}")
  else()
    set(directory "${SPACECORE_PLUGIN_DIR}")
  endif()
  set_target_properties(
    ${target}
    PROPERTIES PREFIX ""
               OUTPUT_NAME ${family}
               LIBRARY_OUTPUT_DIRECTORY "${directory}"
               LINK_DEPENDS "${SPACECORE_PLUGIN_VERSION_SCRIPT}")
  set_property(GLOBAL APPEND PROPERTY SPACECORE_PLUGIN_TARGETS ${target})
  if(NOT plugin_TEST_FAMILY)
    set_property(GLOBAL APPEND PROPERTY SPACECORE_RUNTIME_PLUGIN_TARGETS ${target})
    install(TARGETS ${target}
            LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/spacecore/${SPACECORE_ABI_MAJOR})
  endif()
endfunction()
