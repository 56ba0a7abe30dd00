# find_package(Ingot): the program Ingot::ingot, the runtime Ingot::rt (static) and Ingot::rt_shared,
# and ingot_add_model(). A build tree has bin, lib and include where an install tree has them, so
# that this one file serves both: -DIngot_DIR=TREE/lib/cmake/Ingot or CMAKE_PREFIX_PATH=TREE.
cmake_policy(PUSH)
cmake_policy(VERSION 3.16)
get_filename_component(_ingot_tree "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

set(Ingot_FOUND TRUE)
foreach(_ingot_file bin/ingot lib/libingot_rt.a lib/libingot_rt.so include/ingot/abi.h)
  if(NOT EXISTS "${_ingot_tree}/${_ingot_file}")
    set(Ingot_FOUND FALSE)
    set(Ingot_NOT_FOUND_MESSAGE "${_ingot_tree}/${_ingot_file} is missing")
  endif()
endforeach()

if(Ingot_FOUND AND NOT TARGET Ingot::ingot)
  add_executable(Ingot::ingot IMPORTED)
  set_target_properties(Ingot::ingot PROPERTIES IMPORTED_LOCATION "${_ingot_tree}/bin/ingot")
  # C linkage: the runtime is C++ that uses nothing of the C++ library. As-needed, so that a
  # program whose models need no runtime depends on nothing through it.
  add_library(Ingot::rt STATIC IMPORTED)
  set_target_properties(Ingot::rt PROPERTIES
    IMPORTED_LOCATION "${_ingot_tree}/lib/libingot_rt.a"
    IMPORTED_LINK_INTERFACE_LANGUAGES C
    INTERFACE_INCLUDE_DIRECTORIES "${_ingot_tree}/include"
    INTERFACE_LINK_LIBRARIES
      "-Wl,--push-state,--as-needed,-lpthread,-ldl,-lm,--pop-state")
  add_library(Ingot::rt_shared SHARED IMPORTED)
  set_target_properties(Ingot::rt_shared PROPERTIES
    IMPORTED_LOCATION "${_ingot_tree}/lib/libingot_rt.so"
    IMPORTED_SONAME libingot_rt.so
    INTERFACE_INCLUDE_DIRECTORIES "${_ingot_tree}/include")
endif()
if(Ingot_FOUND)
  include("${CMAKE_CURRENT_LIST_DIR}/IngotAddModel.cmake")
endif()
unset(_ingot_tree)
unset(_ingot_file)
cmake_policy(POP)
