# libpome, libpome_image, libpome_convert out of the layers. Only what the public headers declare is exported: all else is
# compiled with hidden visibility.

# pome_library(TARGET OUTPUT name EXPORT_NAME name LAYERS layer... [LINK library...]): the shared library lib<OUTPUT> and
# its alias pome::<EXPORT_NAME>.
function(pome_library name)
  cmake_parse_arguments(arg "" "OUTPUT;EXPORT_NAME" "LAYERS;LINK" ${ARGN})
  foreach(layer ${arg_LAYERS})
    if(NOT TARGET pome_${layer})
      message(STATUS "library ${name}: layer ${layer} has no sources yet, skipped")
      return()
    endif()
  endforeach()
  add_library(${name} SHARED ${PROJECT_SOURCE_DIR}/cmake/empty.cc)
  set_target_properties(${name} PROPERTIES OUTPUT_NAME ${arg_OUTPUT} EXPORT_NAME ${arg_EXPORT_NAME}
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LINKER_LANGUAGE CXX)
  pome_use_layers(${name} ${arg_LAYERS})
  target_link_libraries(${name} PUBLIC ${arg_LINK})
  target_link_options(${name} PRIVATE -Wl,--as-needed -Wl,--gc-sections -Wl,--exclude-libs,ALL)
  if(NOT POME_SANITIZE)  # whose runtime lies in the executable
    target_link_options(${name} PRIVATE -Wl,--no-undefined)
  endif()
  target_include_directories(${name} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_compile_features(${name} PUBLIC cxx_std_20)
  add_library(pome::${arg_EXPORT_NAME} ALIAS ${name})
  set_property(GLOBAL APPEND PROPERTY POME_LIBRARIES ${name})
endfunction()

pome_library(libpome OUTPUT pome EXPORT_NAME pome LAYERS api)
if(POME_BUILD_IMAGE AND TARGET libpome)
  pome_library(libpome_image OUTPUT pome_image EXPORT_NAME image LAYERS codec LINK libpome)
endif()
if(POME_BUILD_CONVERT AND TARGET libpome)
  pome_library(libpome_convert OUTPUT pome_convert EXPORT_NAME convert LAYERS convert LINK libpome)
endif()
