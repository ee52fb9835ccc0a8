# How every target of Pome is compiled.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")  # kernels say -O3 themselves

find_program(POME_CCACHE ccache)
if(POME_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths relative to the source tree, so that another checkout finds the same objects.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${POME_CCACHE})
endif()

# So that the linker can drop what a library does not use.
add_compile_options(-ffunction-sections -fdata-sections)

find_package(Threads REQUIRED)

# Ours: warnings are errors. Generated code gets none of them.
add_library(pome_compile INTERFACE)
target_compile_options(pome_compile INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror)
# GCC 12's flow-based warnings misfire on std::string and std::variant in optimised code (GCC bugs 105651, 105562); clang
# and the sanitizers look for the real cases.
target_compile_options(pome_compile INTERFACE $<$<CXX_COMPILER_ID:GNU>:
  -Wno-restrict -Wno-maybe-uninitialized -Wno-free-nonheap-object -Wno-stringop-overflow -Wno-array-bounds>)
target_include_directories(pome_compile INTERFACE
  ${CMAKE_CURRENT_SOURCE_DIR}/include ${CMAKE_CURRENT_SOURCE_DIR}/src ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(pome_compile INTERFACE Threads::Threads)
if(POME_VERIFY)
  target_compile_definitions(pome_compile INTERFACE POME_VERIFY=1)
endif()
if(POME_SANITIZE)
  target_compile_definitions(pome_compile INTERFACE POME_SANITIZED=1)
  # Another of those warnings, which misfires on the sanitizers' code.
  target_compile_options(pome_compile INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread>)
  add_compile_options(-fsanitize=${POME_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${POME_SANITIZE})
  if(POME_SANITIZE MATCHES "undefined" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # With these GCC takes a function's address for possibly null, so that the op table's static_asserts are no
    # constants; the address sanitizer finds what they would.
    add_compile_options(-fno-sanitize=null,nonnull-attribute,returns-nonnull-attribute)
  endif()
endif()

# pome_seldom_run(): the code of the current folder and those below it takes little of the time that tests take. The
# sanitizer builds do not optimise it: that would take longer than it saves.
macro(pome_seldom_run)
  if(POME_SANITIZE)
    add_compile_options(-O0)
  endif()
endmacro()
