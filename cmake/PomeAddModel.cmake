# A Core ML model as part of a target: checked and turned into a typed class while the target is built, again when the model
# changes.
#
#   pome_add_model(TARGET MODEL [CLASS_NAME name] [FUNCTION name] [EMBED | INSTALL folder] [CONVERT_ARGS argument...])
#
# TARGET        an executable or library of this directory; it gets the class's header, and links pome::pome.
# MODEL         a .mlmodel file or .mlpackage folder; anything else (Keras files) is converted to .mlmodel first. Relative to
#               this directory.
# CLASS_NAME    the class, whose header is <name>.h; without it the model's file name, other characters than letters and
#               digits as underscores.
# FUNCTION      of an ML program of several functions the one to make the class for; without it the default one.
# EMBED         the model's bytes, a package's weights too, become read-only data of the target, through an object file;
#               name::load() then needs no path. For g++ and clang.
# INSTALL       cmake --install puts the model into this folder below the prefix, from where the program loads it.
# CONVERT_ARGS  what follows goes to `pome convert`.
#
# Without EMBED and INSTALL the target sees where the model lies in the build tree: the macro NAME_MODEL_PATH, in capitals.
# The command `pome` does the work: POME_COMMAND names another one, e.g. the build machine's when cross-compiling.

# In `out` the command; in `out_depends` what commands that run it depend on.
function(_pome_command out out_depends)
  if(POME_COMMAND)
    set(${out} ${POME_COMMAND} PARENT_SCOPE)
    set(${out_depends} ${POME_COMMAND} PARENT_SCOPE)
  elseif(TARGET pome)  # Pome is part of this build
    set(${out} $<TARGET_FILE:pome> PARENT_SCOPE)
    set(${out_depends} pome PARENT_SCOPE)
  else()
    message(FATAL_ERROR "pome_add_model: the command pome is not installed beside the library; set POME_COMMAND to it")
  endif()
endfunction()

# Stops unless the arguments of pome_add_model, parsed as arg_*, can be meant. A macro: it sees the caller's variables.
macro(_pome_check_arguments)
  if(NOT TARGET ${target})
    message(FATAL_ERROR "pome_add_model: there is no target ${target}; add_executable or add_library comes first")
  endif()
  get_target_property(type ${target} TYPE)
  get_target_property(folder ${target} SOURCE_DIR)
  if(type STREQUAL "INTERFACE_LIBRARY")
    message(FATAL_ERROR "pome_add_model: ${target} is an interface library, which compiles nothing; name an executable or a library")
  elseif(NOT folder STREQUAL CMAKE_CURRENT_SOURCE_DIR)
    message(FATAL_ERROR "pome_add_model: ${target} is a target of ${folder}; call it there")
  elseif(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "pome_add_model: unknown arguments ${arg_UNPARSED_ARGUMENTS}; there are CLASS_NAME, FUNCTION, EMBED, INSTALL and CONVERT_ARGS")
  elseif(arg_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "pome_add_model: a value is missing behind ${arg_KEYWORDS_MISSING_VALUES}")
  elseif(arg_EMBED AND arg_INSTALL)
    message(FATAL_ERROR "pome_add_model: EMBED and INSTALL exclude each other: an embedded model needs no file")
  elseif(arg_EMBED AND MSVC)
    message(FATAL_ERROR "pome_add_model: EMBED is for g++ and clang")
  endif()
endmacro()

# In `out` the object file of an assembly file that includes the bytes of `inputs`.
function(_pome_assemble out assembly inputs)
  get_filename_component(name ${assembly} NAME_WLE)
  get_filename_component(folder ${assembly} DIRECTORY)
  set(object ${folder}/${name}${CMAKE_CXX_OUTPUT_EXTENSION})
  set(flags "")
  if(CMAKE_CXX_COMPILER_TARGET AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    set(flags --target=${CMAKE_CXX_COMPILER_TARGET})
  endif()
  separate_arguments(all UNIX_COMMAND "${CMAKE_CXX_FLAGS}")
  list(FILTER all INCLUDE REGEX "^-m(32|64|x32|abi=.*)$")  # what decides the object's format
  add_custom_command(OUTPUT ${object}
    COMMAND ${CMAKE_CXX_COMPILER} ${flags} ${all} -c -x assembler ${assembly} -o ${object}
    DEPENDS ${assembly} ${inputs} COMMENT "Embedding ${name}" VERBATIM)
  set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  set(${out} ${object} PARENT_SCOPE)
endfunction()

# In `out` a C++ identifier out of a file's name.
function(_pome_class_name out file)
  get_filename_component(name ${file} NAME_WLE)
  string(MAKE_C_IDENTIFIER "${name}" name)
  string(REGEX REPLACE "_+" "_" name "${name}")
  string(REGEX REPLACE "^_|_$" "" name "${name}")
  if(name MATCHES "^[0-9]")
    set(name Model${name})
  endif()
  set(${out} ${name} PARENT_SCOPE)
endfunction()

function(pome_add_model target model)
  cmake_parse_arguments(PARSE_ARGV 2 arg "EMBED" "CLASS_NAME;FUNCTION;INSTALL" "CONVERT_ARGS")
  _pome_check_arguments()
  _pome_command(command command_depends)
  get_filename_component(path "${model}" ABSOLUTE)
  get_source_file_property(generated "${path}" GENERATED)
  if(NOT EXISTS "${path}" AND NOT generated)
    message(FATAL_ERROR "pome_add_model: there is no ${path}")
  endif()
  set(name "${arg_CLASS_NAME}")
  if(NOT name)
    _pome_class_name(name "${path}")
  endif()
  set(work ${CMAKE_CURRENT_BINARY_DIR}/pome/${target})
  file(MAKE_DIRECTORY ${work})

  set(inputs ${path})
  if(IS_DIRECTORY "${path}")
    file(GLOB_RECURSE inputs CONFIGURE_DEPENDS LIST_DIRECTORIES FALSE "${path}/*")
  endif()
  string(TOLOWER "${path}" lower)
  if(lower MATCHES "\\.(mlmodel|mlpackage|mlmodelc)$")
    if(arg_CONVERT_ARGS)
      message(FATAL_ERROR "pome_add_model: ${model} is a Core ML model; CONVERT_ARGS are for what is converted")
    endif()
  else()
    set(converted ${work}/${name}.mlmodel)
    add_custom_command(OUTPUT ${converted}
      COMMAND ${command} convert ${path} -o ${converted} --quiet ${arg_CONVERT_ARGS}
      DEPENDS ${inputs} ${command_depends} COMMENT "Converting ${model}" VERBATIM)
    set(path ${converted})
    set(inputs ${converted})
  endif()

  set(header ${work}/${name}.h)
  set(sources ${header})
  set(outputs ${header})
  set(embed "")
  if(arg_EMBED)
    set(embed --embed)
    list(APPEND outputs ${work}/${name}.s)
    _pome_assemble(object ${work}/${name}.s "${inputs}")
    list(APPEND sources ${object})
  endif()
  set(function "")
  if(arg_FUNCTION)
    set(function --function ${arg_FUNCTION})
  endif()
  add_custom_command(OUTPUT ${outputs}
    COMMAND ${command} validate ${path}
    COMMAND ${command} generate ${path} --lang cpp --class-name ${name} ${function} ${embed} -o ${work} --quiet
    DEPENDS ${inputs} ${command_depends} COMMENT "Generating ${name}.h of ${model}" VERBATIM)
  target_sources(${target} PRIVATE ${sources})
  # Properties, since the caller may use either signature of target_link_libraries.
  set_property(TARGET ${target} APPEND PROPERTY INCLUDE_DIRECTORIES ${work})
  set_property(TARGET ${target} APPEND PROPERTY INTERFACE_INCLUDE_DIRECTORIES $<BUILD_INTERFACE:${work}>)
  set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES pome::pome)
  set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES pome::pome)
  if(arg_INSTALL AND IS_DIRECTORY "${path}")
    install(DIRECTORY ${path} DESTINATION ${arg_INSTALL})
  elseif(arg_INSTALL)
    install(FILES ${path} DESTINATION ${arg_INSTALL})
  elseif(NOT arg_EMBED)
    string(TOUPPER ${name} upper)
    set_property(TARGET ${target} APPEND PROPERTY COMPILE_DEFINITIONS ${upper}_MODEL_PATH="${path}")
  endif()
endfunction()
