// A camera as Linux has them (V4L2): its frames, the newest first.
#pragma once

#include <pome/image.h>

#include <optional>
#include <string>
#include <vector>

/// Frames of 640 x 480 or what is nearest. Not copyable; for one thread.
class Camera {
 public:
  /// "/dev/video0", or the first camera that there is when `device` is empty. Nothing when there is
  /// none that gives motion JPEG or YUYV; the reason is then in reason().
  static std::optional<Camera> open(const std::string& device);
  static const std::string& reason();
  Camera(Camera&& other) noexcept;
  Camera& operator=(Camera&&) = delete;
  ~Camera();

  const std::string& name() const { return name_; }
  /// Waits for a frame (two seconds at most) and takes the newest; older ones are dropped.
  pome::Result<pome::Image> frame();

 private:
  struct Buffer {
    void* start = nullptr;
    size_t size = 0;
  };
  explicit Camera(int device) : device_(device) {}
  bool start();
  bool choose_format();
  bool map_buffers();

  int device_ = -1;
  std::string name_;
  unsigned format_ = 0;
  int width_ = 0;
  int height_ = 0;
  size_t stride_ = 0;
  std::vector<Buffer> buffers_;
};

/// A picture out of a frame in YUYV (4:2:2, BT.601, 16 to 235), `stride` bytes a row.
pome::Result<pome::Image> from_yuyv(const unsigned char* bytes, int width, int height,
                                    size_t stride);
