// PNG files out of pictures; errors come by longjmp as in png.cc.
#include <png.h>

#include <csetjmp>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "pome/image.h"

namespace pome {
namespace {

struct Session {
  std::vector<std::byte> file;
  std::string message;
  png_structp png = nullptr;
  png_infop info = nullptr;

  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { png_destroy_write_struct(&png, &info); }
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  static_cast<Session*>(png_get_error_ptr(png))->message = message;
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_write(png_structp png, png_bytep from, size_t n) {
  auto& file = static_cast<Session*>(png_get_io_ptr(png))->file;
  const auto* bytes = reinterpret_cast<const std::byte*>(from);
  file.insert(file.end(), bytes, bytes + n);
}

void on_flush(png_structp) {}

int color_type(PixelFormat format) {
  if (format == PixelFormat::kGray8) return PNG_COLOR_TYPE_GRAY;
  const bool alpha = format == PixelFormat::kRgba8 || format == PixelFormat::kBgra8;
  return alpha ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB;
}

/// `rows` are made by the caller: nothing that needs a destructor lives across setjmp.
bool write(Session& s, const Image& picture, png_bytepp rows) {
  s.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning);
  if (s.png == nullptr) return false;
  s.info = png_create_info_struct(s.png);
  if (s.info == nullptr || setjmp(png_jmpbuf(s.png))) return false;
  png_set_write_fn(s.png, &s, on_write, on_flush);
  png_set_IHDR(s.png, s.info, static_cast<png_uint_32>(picture.width()),
               static_cast<png_uint_32>(picture.height()), 8, color_type(picture.format()),
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(s.png, s.info);
  const bool bgr =
      picture.format() == PixelFormat::kBgr8 || picture.format() == PixelFormat::kBgra8;
  if (bgr) png_set_bgr(s.png);
  png_write_image(s.png, rows);
  png_write_end(s.png, nullptr);
  return true;
}

}  // namespace

Result<std::vector<std::byte>> Image::encode_png() const {
  if (format_ == PixelFormat::kGray16F) {
    return Error(ErrorCode::kUnsupported,
                 "a picture of half floats has no form in PNG; write it as an array (.npz)");
  }
  const size_t stride = bytes_per_pixel(format_) * static_cast<size_t>(width_);
  std::vector<png_bytep> rows(static_cast<size_t>(height_));
  // libpng takes rows it may change, and changes none that it writes.
  auto* first = reinterpret_cast<png_byte*>(const_cast<std::byte*>(pixels().data()));
  for (size_t y = 0; y < rows.size(); ++y) rows[y] = first + y * stride;
  Session s;
  if (!write(s, *this, rows.data()))
    return Error(ErrorCode::kInternal, "libpng could not write: " + quoted(s.message));
  return std::move(s.file);
}

Status Image::save_png(const std::filesystem::path& path) const {
  POME_ASSIGN(const std::vector<std::byte> file, encode_png());
  return write_file_atomically(path, std::span<const std::byte>(file));
}

}  // namespace pome
