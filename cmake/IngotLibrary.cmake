# How the libraries of the compiler are built: one static library per folder, against the shared
# MLIR and LLVM, with one precompiled header for all of them.

add_library(ingot_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_include_directories(ingot_pch SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
target_compile_options(ingot_pch PRIVATE -fno-rtti -fno-exceptions)
target_precompile_headers(ingot_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.h)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # Without time stamps equal headers give equal bytes, which lets ccache share the result.
  target_compile_options(ingot_pch PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endif()

# ingot_library(NAME sources... [DEPENDS targets...] [LINK libraries...])
function(ingot_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  ingot_use_mlir(${name})
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
endfunction()

# Compiles a target like the rest of the compiler: MLIR's headers, no RTTI, no exceptions.
function(ingot_use_mlir name)
  target_include_directories(${name} SYSTEM PRIVATE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  target_compile_options(${name} PRIVATE -fno-rtti -fno-exceptions)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
  # The precompiled header is position-independent code of a library, not of an executable.
  get_target_property(type ${name} TYPE)
  if(type STREQUAL "EXECUTABLE")
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${name} PRIVATE -fPIC)
  endif()
  target_precompile_headers(${name} REUSE_FROM ingot_pch)
endfunction()
