// PNG through libpng, whose errors come by longjmp as libjpeg's do: see jpeg.cc.
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "feature/image_builder.h"
#include "image/codec/decoders.h"

namespace pome::image {
namespace {

struct Session {
  std::span<const std::byte> file;
  size_t position = 0;
  png_structp png = nullptr;
  png_infop info = nullptr;
  char message[160] = {};

  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() { png_destroy_read_struct(&png, &info, nullptr); }
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  auto& s = *static_cast<Session*>(png_get_error_ptr(png));
  std::strncpy(s.message, message, sizeof(s.message) - 1);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}

void on_read(png_structp png, png_bytep to, size_t n) {
  auto& s = *static_cast<Session*>(png_get_io_ptr(png));
  if (n > s.file.size() - s.position) png_error(png, "the file ends too early");
  std::memcpy(to, s.file.data() + s.position, n);
  s.position += n;
}

bool read_header(Session& s) {
  s.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning);
  if (s.png == nullptr) return false;
  s.info = png_create_info_struct(s.png);
  if (s.info == nullptr || setjmp(png_jmpbuf(s.png))) return false;
  png_set_read_fn(s.png, &s, on_read);
  png_set_user_limits(s.png, ImageBuilder::kMaxSide, ImageBuilder::kMaxSide);
  // Compressed texts and profiles can be bombs and change no pixel.
  static const png_byte kIgnored[] = "iCCP\0zTXt\0iTXt\0tEXt\0sPLT";
  png_set_keep_unknown_chunks(s.png, PNG_HANDLE_CHUNK_NEVER, kIgnored, 5);
  png_read_info(s.png, s.info);
  return true;
}

/// 8 bits a channel, no palette; one row of what comes out then.
bool set_transforms(Session& s) {
  if (setjmp(png_jmpbuf(s.png))) return false;
  png_set_expand(s.png);
  png_set_scale_16(s.png);
  png_set_interlace_handling(s.png);
  png_read_update_info(s.png, s.info);
  return true;
}

bool read_pixels(Session& s, png_bytepp rows) {
  if (setjmp(png_jmpbuf(s.png))) return false;
  png_read_image(s.png, rows);
  png_read_end(s.png, nullptr);
  return true;
}

Error damaged(const Session& s) {
  return Error(ErrorCode::kCorrupt, "the PNG is damaged: " + quoted(std::string_view(s.message)));
}

Status check_size(const Session& s, int64_t width, int64_t height, const DecodeLimits& limits) {
  const std::string size = std::to_string(width) + " x " + std::to_string(height) + " pixels";
  if (width * height > limits.max_pixels) {
    return Error(ErrorCode::kLimitExceeded, "the PNG has " + size + ", at most " +
                                                std::to_string(limits.max_pixels) +
                                                " in all are read");
  }
  // deflate makes at most 1,032 bytes of one.
  const auto row_bits = width * png_get_bit_depth(s.png, s.info) * png_get_channels(s.png, s.info);
  if (row_bits / 8 * height / 1100 > static_cast<int64_t>(s.file.size())) {
    return Error(ErrorCode::kCorrupt, "the PNG is said to have " + size + ", which its " +
                                          format_bytes(s.file.size()) + " cannot hold");
  }
  return {};
}

/// Pixels with alpha, colour by colour, onto black. Returns whether a value changed.
bool flatten(const std::vector<png_byte>& from, int colours, std::byte* to) {
  bool changed = false;
  const auto step = static_cast<size_t>(colours) + 1;
  for (size_t i = 0; i + step <= from.size(); i += step) {
    const unsigned alpha = from[i + static_cast<size_t>(colours)];
    for (size_t c = 0; c < static_cast<size_t>(colours); ++c) {
      const unsigned v = from[i + c];
      const unsigned flat = (v * alpha + 127) / 255;
      changed = changed || flat != v;
      *to++ = static_cast<std::byte>(flat);
    }
  }
  return changed;
}

}  // namespace

Result<Image> decode_png(std::span<const std::byte> file, const DecodeLimits& limits) {
  Session s;
  s.file = file;
  if (!read_header(s)) return damaged(s);
  const auto width = static_cast<int>(png_get_image_width(s.png, s.info));
  const auto height = static_cast<int>(png_get_image_height(s.png, s.info));
  POME_TRY(check_size(s, width, height, limits));
  if (!set_transforms(s)) return damaged(s);
  const int channels = png_get_channels(s.png, s.info);
  const size_t stride = static_cast<size_t>(width) * static_cast<size_t>(channels);
  if (png_get_bit_depth(s.png, s.info) != 8 || png_get_rowbytes(s.png, s.info) != stride)
    return Error(ErrorCode::kInternal, "libpng gives rows of another size than it was asked for");
  const bool alpha = channels == 2 || channels == 4;
  const int colours = alpha ? channels - 1 : channels;
  POME_ASSIGN(
      ImageBuilder builder,
      ImageBuilder::create(colours == 1 ? PixelFormat::kGray8 : PixelFormat::kRgb8, width, height));
  std::vector<png_byte> with_alpha(alpha ? stride * static_cast<size_t>(height) : 0);
  auto* first = alpha ? with_alpha.data() : reinterpret_cast<png_byte*>(builder.pixels());
  std::vector<png_bytep> rows(static_cast<size_t>(height));
  for (size_t y = 0; y < rows.size(); ++y) rows[y] = first + y * stride;
  if (!read_pixels(s, rows.data())) return damaged(s);
  if (alpha && flatten(with_alpha, colours, builder.pixels()))
    builder.add_note("alpha was flattened on black");
  return std::move(builder).build();
}

}  // namespace pome::image
