# What `cmake --install` puts where. The tree may be moved: the library finds its stages and pipelines from where it
# lies, the package from where its files lie.
include(CMakePackageConfigHelpers)
set(DCMCHAIN_STAGE_DIR ${CMAKE_INSTALL_LIBDIR}/dcmchain/stages)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/dcmchain)

install(TARGETS dcmchain EXPORT dcmchainTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS dcmchain_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/dcmchain DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY pipelines/ DESTINATION ${CMAKE_INSTALL_DATADIR}/dcmchain/pipelines FILES_MATCHING PATTERN "*.json")
get_property(stages GLOBAL PROPERTY dcmchain_stages)
foreach(stage IN LISTS stages)
  install(TARGETS stage_${stage} LIBRARY DESTINATION ${DCMCHAIN_STAGE_DIR})
endforeach()

install(EXPORT dcmchainTargets NAMESPACE dcmchain:: DESTINATION ${package_dir})
configure_package_config_file(cmake/dcmchainConfig.cmake.in ${PROJECT_BINARY_DIR}/dcmchainConfig.cmake
  INSTALL_DESTINATION ${package_dir} PATH_VARS DCMCHAIN_STAGE_DIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/dcmchainConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/dcmchainConfig.cmake ${PROJECT_BINARY_DIR}/dcmchainConfigVersion.cmake plugins/stage.map
  DESTINATION ${package_dir})

file(RELATIVE_PATH DCMCHAIN_PC_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/dcmchain.pc.in ${PROJECT_BINARY_DIR}/dcmchain.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/dcmchain.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
