# SPDX-License-Identifier: Apache-2.0
# How libspacecore.so is named, what it exports, and where its parts lie in the build tree. The
# install tree has the same shape, so that the library finds its families beside itself in both.

set(SPACECORE_ABI_MAJOR 1)
set(SPACECORE_LIBRARY_DIR "${CMAKE_BINARY_DIR}/lib")
set(SPACECORE_PLUGIN_DIR "${SPACECORE_LIBRARY_DIR}/spacecore/${SPACECORE_ABI_MAJOR}")
set(SPACECORE_TEST_PLUGIN_DIR "${SPACECORE_LIBRARY_DIR}/spacecore-test")
set(SPACECORE_VERSION_SCRIPT "${PROJECT_SOURCE_DIR}/cmake/spacecore.map")
set(SPACECORE_PLUGIN_VERSION_SCRIPT "${PROJECT_SOURCE_DIR}/cmake/plugin.map")

# spacecore_configure_library(<target>): SONAME libspacecore.so.1, exports of spacecore.map only,
# public include directory, install and export as SpaceCore::spacecore.
function(spacecore_configure_library target)
  set_target_properties(
    ${target}
    PROPERTIES OUTPUT_NAME spacecore
               VERSION ${SPACECORE_ABI_MAJOR}
               SOVERSION ${SPACECORE_ABI_MAJOR}
               EXPORT_NAME spacecore
               LIBRARY_OUTPUT_DIRECTORY "${SPACECORE_LIBRARY_DIR}"
               LINK_DEPENDS "${SPACECORE_VERSION_SCRIPT}")
  # nodelete: sleeping workers and loaded families keep pointing into the library.
  target_link_options(
    ${target} PRIVATE "-Wl,--version-script=${SPACECORE_VERSION_SCRIPT}" -Wl,--no-undefined
                      -Wl,-z,nodelete)
  target_include_directories(
    ${target} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  add_library(SpaceCore::spacecore ALIAS ${target})
  install(
    TARGETS ${target}
    EXPORT SpaceCoreTargets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()
