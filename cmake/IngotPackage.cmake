# What others build with: `cmake --install`, and the build tree made usable in the same way.
include(CMakePackageConfigHelpers)

set(package_folder lib/cmake/Ingot) # `ingot` looks for its libraries in lib beside its bin
write_basic_package_version_file(${CMAKE_BINARY_DIR}/${package_folder}/IngotConfigVersion.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
foreach(file IngotConfig.cmake IngotAddModel.cmake)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/${file}
    ${CMAKE_BINARY_DIR}/${package_folder}/${file} COPYONLY)
endforeach()
file(RELATIVE_PATH headers ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR}/runtime/include)
file(CREATE_LINK ${headers} ${CMAKE_BINARY_DIR}/include SYMBOLIC)

# `ingot` finds LLVM where it was linked from; the libraries of `ingot compile -o PROGRAM` go along.
set_target_properties(ingot PROPERTIES INSTALL_RPATH_USE_LINK_PATH TRUE)
add_dependencies(ingot ingot_rt_shared)
install(TARGETS ingot RUNTIME DESTINATION bin)
install(TARGETS ingot_rt ingot_rt_shared ingot_program ingot_wire
  ARCHIVE DESTINATION lib LIBRARY DESTINATION lib)
install(DIRECTORY runtime/include/ingot DESTINATION include FILES_MATCHING PATTERN "*.h")
install(DIRECTORY ${CMAKE_BINARY_DIR}/${package_folder} DESTINATION lib/cmake)
install(FILES LICENSE DESTINATION share/doc/ingot)
