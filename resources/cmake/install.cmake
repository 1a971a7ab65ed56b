# SPDX-License-Identifier: GPL-2.0-or-later
# What a program that builds against libwsnet finds: pkg-config file and CMake package.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/wsnet)
configure_file(${CMAKE_CURRENT_LIST_DIR}/wsnet.pc.in ${CMAKE_BINARY_DIR}/wsnet.pc @ONLY)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/wsnet-config.cmake.in ${CMAKE_BINARY_DIR}/wsnet-config.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/wsnet-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/wsnet.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${CMAKE_BINARY_DIR}/wsnet-config.cmake ${CMAKE_BINARY_DIR}/wsnet-config-version.cmake
        DESTINATION ${package_dir})
install(EXPORT wsnet-targets NAMESPACE wsnet:: DESTINATION ${package_dir})
