// JPEG through libjpeg-turbo. The library reports errors by longjmp: every call to it stands in one
// of the functions that begin with a setjmp, and those keep nothing that would have to be
// destroyed.
#include <algorithm>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <string>

extern "C" {
#include <jerror.h>
#include <jpeglib.h>
}

#include "base/text.h"
#include "base/try.h"
#include "feature/image_builder.h"
#include "image/codec/decoders.h"

namespace pome::image {
namespace {

/// One decompression. The library keeps pointers into it, so it does not move.
struct Session {
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf jump{};
  char message[JMSG_LENGTH_MAX] = {};  // of the error
  char warning[JMSG_LENGTH_MAX] = {};  // the first one
  bool ended_early = false;
  bool too_many_scans = false;
  int64_t max_scans = 0;
  bool created = false;

  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    if (created) jpeg_destroy_decompress(&info);
  }
};

Session& session_of(j_common_ptr info) { return *static_cast<Session*>(info->client_data); }

[[noreturn]] void on_error(j_common_ptr info) {
  Session& s = session_of(info);
  (*info->err->format_message)(info, s.message);
  std::longjmp(s.jump, 1);
}

void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;  // a trace
  Session& s = session_of(info);
  if (info->err->msg_code == JWRN_JPEG_EOF) s.ended_early = true;
  if (info->err->num_warnings++ == 0) (*info->err->format_message)(info, s.warning);
}

/// Called again and again while the scans of a progressive picture are read.
void on_progress(j_common_ptr info) {
  Session& s = session_of(info);
  if (!info->is_decompressor || s.info.input_scan_number <= s.max_scans) return;
  s.too_many_scans = true;
  std::longjmp(s.jump, 1);
}

bool read_header(Session& s, const unsigned char* bytes, size_t size) {
  s.info.err = jpeg_std_error(&s.errors);
  s.info.client_data = &s;
  s.errors.error_exit = on_error;
  s.errors.emit_message = on_message;
  s.progress.progress_monitor = on_progress;
  if (setjmp(s.jump)) return false;
  jpeg_create_decompress(&s.info);
  s.created = true;
  s.info.client_data = &s;
  s.info.progress = &s.progress;
  jpeg_mem_src(&s.info, bytes, static_cast<unsigned long>(size));
  return jpeg_read_header(&s.info, TRUE) == JPEG_HEADER_OK;
}

/// The size that start() will give.
bool prepare(Session& s, int divisor) {
  if (setjmp(s.jump)) return false;
  s.info.scale_num = 1;
  s.info.scale_denom = static_cast<unsigned>(divisor);
  s.info.out_color_space = s.info.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_calc_output_dimensions(&s.info);
  return true;
}

bool read_pixels(Session& s, std::byte* pixels, size_t stride) {
  if (setjmp(s.jump)) return false;
  jpeg_start_decompress(&s.info);
  while (s.info.output_scanline < s.info.output_height) {
    JSAMPROW row = reinterpret_cast<JSAMPROW>(pixels + s.info.output_scanline * stride);
    jpeg_read_scanlines(&s.info, &row, 1);
  }
  jpeg_finish_decompress(&s.info);
  return true;
}

Error damaged(const Session& s, int width, int height) {
  if (s.too_many_scans) {
    return Error(ErrorCode::kLimitExceeded, "the progressive JPEG has more than " +
                                                std::to_string(s.max_scans) +
                                                " scans; save it again as a baseline JPEG");
  }
  const std::string size =
      width > 0 ? " of " + std::to_string(width) + " x " + std::to_string(height) + " pixels" : "";
  const bool unsupported =
      s.errors.msg_code == JERR_SOF_UNSUPPORTED || s.errors.msg_code == JERR_BAD_PRECISION;
  return Error(unsupported ? ErrorCode::kUnsupported : ErrorCode::kCorrupt,
               "the JPEG" + size + (unsupported ? " is not supported: " : " is damaged: ") +
                   quoted(std::string_view(s.message)));
}

Status check_header(Session& s, size_t bytes, const DecodeLimits& limits) {
  const int64_t width = s.info.image_width;
  const int64_t height = s.info.image_height;
  const std::string size = std::to_string(width) + " x " + std::to_string(height) + " pixels";
  if (s.info.jpeg_color_space == JCS_CMYK || s.info.jpeg_color_space == JCS_YCCK) {
    return Error(ErrorCode::kUnsupported,
                 "the JPEG is in CMYK (for printing), models take RGB or gray. Convert it to RGB, "
                 "e.g. `convert in.jpg -colorspace sRGB out.jpg`");
  }
  if (s.info.jpeg_color_space != JCS_GRAYSCALE && s.info.num_components != 3) {
    return Error(ErrorCode::kUnsupported, "the JPEG has " + std::to_string(s.info.num_components) +
                                              " channels, 1 (gray) or 3 (colour) are expected");
  }
  const bool progressive = s.info.progressive_mode != 0;
  const int64_t most = progressive ? limits.max_progressive_pixels : limits.max_pixels;
  if (width * height > most) {
    return Error(ErrorCode::kLimitExceeded,
                 "the JPEG has " + size + ", at most " + std::to_string(most) + " in all" +
                     (progressive ? " are read of a progressive one" : " are read"));
  }
  // A block of 64 pixels takes a bit at least, in every coding of JPEG that is in use.
  if (width * height / 512 > static_cast<int64_t>(bytes)) {
    return Error(ErrorCode::kCorrupt, "the JPEG is said to have " + size + ", which its " +
                                          format_bytes(bytes) + " cannot hold");
  }
  s.max_scans = std::clamp<int64_t>(limits.max_scan_pixels / (width * height), 10, 500);
  return {};
}

}  // namespace

Result<Image> decode_jpeg(std::span<const std::byte> file, const ChooseDivisor& choose,
                          const DecodeLimits& limits) {
  Session s;
  if (!read_header(s, reinterpret_cast<const unsigned char*>(file.data()), file.size()))
    return damaged(s, 0, 0);
  POME_TRY(check_header(s, file.size(), limits));
  const int width = static_cast<int>(s.info.image_width);
  const int height = static_cast<int>(s.info.image_height);
  if (!prepare(s, choose ? choose(width, height) : 1)) return damaged(s, width, height);
  const PixelFormat format =
      s.info.out_color_space == JCS_GRAYSCALE ? PixelFormat::kGray8 : PixelFormat::kRgb8;
  POME_ASSIGN(ImageBuilder builder,
              ImageBuilder::create(format, static_cast<int>(s.info.output_width),
                                   static_cast<int>(s.info.output_height)));
  if (!read_pixels(s, builder.pixels(), builder.stride())) return damaged(s, width, height);
  if (s.ended_early) {
    return Error(ErrorCode::kCorrupt, "the JPEG of " + std::to_string(width) + " x " +
                                          std::to_string(height) +
                                          " pixels ends before its last row; was it copied whole?");
  }
  if (s.warning[0] != 0) {
    builder.add_note("the JPEG is damaged in places (" + quoted(std::string_view(s.warning)) + ")");
  }
  return std::move(builder).build();
}

}  // namespace pome::image
