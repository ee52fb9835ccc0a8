# cmake --install: libraries, headers, CMake package and pkg-config files, each in the component that needs it.
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY POME_LIBRARIES)
if(NOT libraries)
  return()
endif()

set(headers_libpome_image "")  # pome/image.h declares Image, which the runtime has; the decoders are declared there too
set(headers_libpome_convert convert.h)
file(GLOB public_headers RELATIVE ${PROJECT_SOURCE_DIR}/include/pome ${PROJECT_SOURCE_DIR}/include/pome/*.h)
foreach(header ${public_headers})
  if(NOT header IN_LIST headers_libpome_convert)
    install(FILES ${PROJECT_SOURCE_DIR}/include/pome/${header}
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pome COMPONENT runtime)
  endif()
endforeach()

# From the pkg-config files up to the prefix: they stay true where --prefix moves the whole.
file(RELATIVE_PATH pc_up /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)

# pome_pkgconfig(FILE DESCRIPTION LIBS REQUIRES)
function(pome_pkgconfig name description libs requires)
  set(pc_name ${name})
  set(pc_description ${description})
  set(pc_libs ${libs})
  set(pc_requires ${requires})
  configure_file(${PROJECT_SOURCE_DIR}/cmake/pome.pc.in ${PROJECT_BINARY_DIR}/${name}.pc @ONLY)
endfunction()

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/pome)
foreach(library ${libraries})
  get_target_property(export_name ${library} EXPORT_NAME)
  set(component ${export_name})
  if(library STREQUAL libpome)
    set(component runtime)
    pome_pkgconfig(pome "Runs Core ML models" "-lpome" "")
    set(pc pome)
  else()
    set(pc pome-${export_name})
    pome_pkgconfig(${pc} "Pome's component ${export_name}" "-lpome_${export_name}" "pome")
  endif()
  foreach(header ${headers_${library}})
    if(EXISTS ${PROJECT_SOURCE_DIR}/include/pome/${header})
      install(FILES ${PROJECT_SOURCE_DIR}/include/pome/${header}
              DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pome COMPONENT ${component})
    endif()
  endforeach()
  set_target_properties(${library} PROPERTIES INSTALL_RPATH "$ORIGIN")
  install(TARGETS ${library} EXPORT pome_${export_name}
          LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT ${component})
  install(EXPORT pome_${export_name} NAMESPACE pome:: FILE pome-${export_name}-targets.cmake
          DESTINATION ${package_dir} COMPONENT ${component})
  install(FILES ${PROJECT_BINARY_DIR}/${pc}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT ${component})
endforeach()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/pome-config.cmake.in ${PROJECT_BINARY_DIR}/pome-config.cmake
  INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pome-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pome-config.cmake ${PROJECT_BINARY_DIR}/pome-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/PomeAddModel.cmake
        DESTINATION ${package_dir} COMPONENT runtime)
