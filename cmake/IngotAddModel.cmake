# ingot_add_model(TARGET MODEL file.onnx [NAME id] [FORM obj|lib|shared] [OPTIONS flag...]
#                 [DEPENDS file...])
#
# Makes TARGET a library that holds the compiled model; whoever links it can include <NAME.h>.
#   NAME     the model's C identifier; TARGET, made one, without it
#   FORM     obj: the object itself, linked whether it is called or not; lib (the default): a
#            static library; shared: a shared library, which ingot_open can load too
#   OPTIONS  further flags of `ingot compile`, such as --cpu=x86-64-v3 or --shape=x:1x3x224x224
#   DEPENDS  further files that the model is read from (external data)
# The model is compiled again when it, one of DEPENDS, or the compiler changes. The runtime is
# linked behind it; a model that needs none takes nothing from it.
function(ingot_add_model target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "MODEL;NAME;FORM" "OPTIONS;DEPENDS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ingot_add_model(${target}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_MODEL)
    message(FATAL_ERROR "ingot_add_model(${target}): expected MODEL and a file")
  endif()
  get_filename_component(model "${arg_MODEL}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  # A model may be made by a rule of the project, known here or not.
  get_source_file_property(generated "${model}" GENERATED)
  if(NOT EXISTS "${model}" AND NOT generated)
    message(FATAL_ERROR "ingot_add_model(${target}): there is no ${model}")
  endif()
  if(NOT arg_FORM)
    set(arg_FORM lib)
  elseif(NOT arg_FORM MATCHES "^(obj|lib|shared)$")
    message(FATAL_ERROR
      "ingot_add_model(${target}): expected FORM obj, lib or shared, but got ${arg_FORM}")
  endif()
  if(NOT arg_NAME)
    string(MAKE_C_IDENTIFIER "${target}" arg_NAME)
  endif()

  # A folder of its own: the include directory then offers this one header.
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/ingot/${target}")
  set(object "${folder}/${arg_NAME}.o")
  set(header "${folder}/${arg_NAME}.h")
  file(MAKE_DIRECTORY "${folder}")
  add_custom_command(OUTPUT "${object}" "${header}"
    COMMAND Ingot::ingot compile --name=${arg_NAME} -o "${object}" ${arg_OPTIONS} -- "${model}"
    DEPENDS "${model}" Ingot::ingot ${arg_DEPENDS}
    COMMENT "Compiling ${arg_MODEL} for ${target}"
    VERBATIM)

  if(arg_FORM STREQUAL "obj")
    add_custom_target(${target}_compile DEPENDS "${object}" "${header}")
    add_library(${target} INTERFACE)
    add_dependencies(${target} ${target}_compile)
    target_link_libraries(${target} INTERFACE "${object}")
  else()
    set(kind STATIC)
    if(arg_FORM STREQUAL "shared")
      set(kind SHARED)
    endif()
    add_library(${target} ${kind} "${object}" "${header}")
    set_source_files_properties("${object}" PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
    set(language C)
    if(NOT CMAKE_C_COMPILER_LOADED)
      set(language CXX)
    endif()
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE ${language})
    if(arg_FORM STREQUAL "shared")
      # The name that ingot_open looks for, as `ingot compile -o NAME.so` gives it.
      target_link_options(${target} PRIVATE
        "LINKER:--defsym=ingot_artifact=ingot_model_${arg_NAME}")
    endif()
  endif()
  target_include_directories(${target} INTERFACE "$<BUILD_INTERFACE:${folder}>")
  target_link_libraries(${target} INTERFACE Ingot::rt)
endfunction()
