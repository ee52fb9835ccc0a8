// The page's files, put into the program when it is built (apps/embed_page.cmake).
#pragma once

#include <span>
#include <string_view>

namespace pome::app {

/// One file of the page.
struct PageFile {
  std::string_view path;  // "/style.css"
  std::string_view type;  // "text/css; charset=utf-8"
  std::string_view bytes;
};

/// All of them; they live as long as the program.
std::span<const PageFile> page_files();

}  // namespace pome::app
