# Writes a source file that holds the page's files as bytes. Usage:
#   cmake -DFOLDER=apps/page -DOUT=page_files.cc "-DFILES=index.html;style.css" -P embed_page.cmake
set(types_html "text/html; charset=utf-8")
set(types_css "text/css; charset=utf-8")
set(types_js "text/javascript; charset=utf-8")
set(types_svg "image/svg+xml")

set(arrays "")
set(rows "")
set(number 0)
foreach(file ${FILES})
  string(REGEX REPLACE "^.*\\." "" suffix ${file})
  if(NOT DEFINED types_${suffix})
    message(FATAL_ERROR "${file}: no content type is known for .${suffix}")
  endif()
  file(READ ${FOLDER}/${file} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
  string(APPEND arrays "const unsigned char kFile${number}[] = {\n${bytes}\n};\n")
  set(path "/${file}")
  if(file STREQUAL "index.html")
    set(path "/")
  endif()
  string(APPEND rows "    {\"${path}\", \"${types_${suffix}}\", text(kFile${number})},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT}.new "// Made by apps/embed_page.cmake out of apps/page.
#include \"apps/server/page.h\"

namespace pome::app {
namespace {

${arrays}
template <size_t kSize>
std::string_view text(const unsigned char (&bytes)[kSize]) {
  return {reinterpret_cast<const char*>(bytes), kSize};
}

}  // namespace

std::span<const PageFile> page_files() {
  static const PageFile kFiles[] = {
${rows}  };
  return kFiles;
}

}  // namespace pome::app
")
file(RENAME ${OUT}.new ${OUT})
