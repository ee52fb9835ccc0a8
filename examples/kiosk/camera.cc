#include "camera.h"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <utility>

namespace {

std::string why;

int control(int device, unsigned long request, void* argument) {
  int result = 0;
  do {
    result = ioctl(device, request, argument);
  } while (result < 0 && errno == EINTR);
  return result;
}

bool fails(const std::string& what) {
  why = what + ": " + std::strerror(errno);
  return false;
}

std::vector<std::string> devices() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/dev", ignored))
    if (entry.path().filename().string().rfind("video", 0) == 0) names.push_back(entry.path());
  std::sort(names.begin(), names.end());
  return names;
}

std::byte level(double value) {
  return static_cast<std::byte>(std::lround(std::clamp(value, 0.0, 255.0)));
}

}  // namespace

const std::string& Camera::reason() { return why; }

std::optional<Camera> Camera::open(const std::string& device) {
  why = "there is no /dev/video*";
  for (const std::string& name : device.empty() ? devices() : std::vector{device}) {
    const int opened = ::open(name.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (opened < 0) {
      fails(name);
      continue;
    }
    Camera camera(opened);
    camera.name_ = name;
    if (camera.start()) return camera;
  }
  return std::nullopt;
}

Camera::Camera(Camera&& other) noexcept
    : device_(std::exchange(other.device_, -1)),
      name_(std::move(other.name_)),
      format_(other.format_),
      width_(other.width_),
      height_(other.height_),
      stride_(other.stride_),
      buffers_(std::exchange(other.buffers_, {})) {}

Camera::~Camera() {
  for (const Buffer& buffer : buffers_) munmap(buffer.start, buffer.size);
  if (device_ >= 0) close(device_);
}

bool Camera::start() {
  v4l2_capability able{};
  if (control(device_, VIDIOC_QUERYCAP, &able) < 0) return fails(name_ + " is no camera");
  const unsigned wanted = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
  if ((able.device_caps & wanted) != wanted) return fails(name_ + " captures no video");
  if (!choose_format() || !map_buffers()) return false;
  int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  return control(device_, VIDIOC_STREAMON, &type) == 0 || fails(name_);
}

bool Camera::choose_format() {
  for (const unsigned format : {V4L2_PIX_FMT_MJPEG, V4L2_PIX_FMT_YUYV}) {
    v4l2_format asked{};
    asked.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    asked.fmt.pix.width = 640;
    asked.fmt.pix.height = 480;
    asked.fmt.pix.pixelformat = format;
    if (control(device_, VIDIOC_S_FMT, &asked) < 0 || asked.fmt.pix.pixelformat != format) continue;
    format_ = format;
    width_ = static_cast<int>(asked.fmt.pix.width);
    height_ = static_cast<int>(asked.fmt.pix.height);
    stride_ = asked.fmt.pix.bytesperline;
    return true;
  }
  why = name_ + " gives neither motion JPEG nor YUYV";
  return false;
}

bool Camera::map_buffers() {
  v4l2_requestbuffers request{};
  request.count = 4;
  request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  request.memory = V4L2_MEMORY_MMAP;
  if (control(device_, VIDIOC_REQBUFS, &request) < 0) return fails(name_);
  for (unsigned i = 0; i < request.count; ++i) {
    v4l2_buffer buffer{};
    buffer.type = request.type;
    buffer.memory = request.memory;
    buffer.index = i;
    if (control(device_, VIDIOC_QUERYBUF, &buffer) < 0) return fails(name_);
    void* start = mmap(nullptr, buffer.length, PROT_READ, MAP_SHARED, device_, buffer.m.offset);
    if (start == MAP_FAILED) return fails(name_);
    buffers_.push_back({start, buffer.length});
    if (control(device_, VIDIOC_QBUF, &buffer) < 0) return fails(name_);
  }
  return !buffers_.empty();
}

pome::Result<pome::Image> Camera::frame() {
  pollfd ready{device_, POLLIN, 0};
  if (poll(&ready, 1, 2000) <= 0)
    return pome::Error(pome::ErrorCode::kIo, "no frame came within 2 s").at(name_);
  v4l2_buffer newest{};
  bool have = false;
  for (;;) {
    v4l2_buffer buffer{};
    buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    buffer.memory = V4L2_MEMORY_MMAP;
    if (control(device_, VIDIOC_DQBUF, &buffer) < 0) break;
    if (have) control(device_, VIDIOC_QBUF, &newest);  // an older one, not looked at
    newest = buffer;
    have = true;
  }
  if (!have || newest.index >= buffers_.size())
    return pome::Error(pome::ErrorCode::kIo, "the camera gives no frames any more").at(name_);
  const auto* bytes = static_cast<const unsigned char*>(buffers_[newest.index].start);
  const size_t used = std::min<size_t>(newest.bytesused, buffers_[newest.index].size);
  auto picture = format_ == V4L2_PIX_FMT_MJPEG
                     ? pome::Image::decode(std::as_bytes(std::span(bytes, used)), name_)
                 : used >= stride_ * static_cast<size_t>(height_)
                     ? from_yuyv(bytes, width_, height_, stride_)
                     : pome::Error(pome::ErrorCode::kCorrupt, "a frame came in part").at(name_);
  control(device_, VIDIOC_QBUF, &newest);
  return picture;
}

pome::Result<pome::Image> from_yuyv(const unsigned char* bytes, int width, int height,
                                    size_t stride) {
  std::vector<std::byte> pixels;
  pixels.reserve(static_cast<size_t>(width) * static_cast<size_t>(height) * 3);
  for (int y = 0; y < height; ++y) {
    const unsigned char* row = bytes + static_cast<size_t>(y) * stride;
    for (int x = 0; x < width; ++x) {
      const unsigned char* pair = row + x / 2 * 4;  // Y0 U Y1 V
      const double luma = 1.164 * (pair[x % 2 * 2] - 16);
      const double u = pair[1] - 128.0;
      const double v = pair[3] - 128.0;
      pixels.push_back(level(luma + 1.596 * v));
      pixels.push_back(level(luma - 0.392 * u - 0.813 * v));
      pixels.push_back(level(luma + 2.017 * u));
    }
  }
  return pome::Image::from_pixels(pome::PixelFormat::kRgb8, width, height, pixels);
}
