// Prints the number of outputs' values of one prediction on a gray picture. Usage: main [MODEL]
#include <Net.h>

#include <iostream>

#ifdef LOADED
pome::Result<Net> load_net(const char* path);
#endif

namespace {

pome::Result<Net> load([[maybe_unused]] int argc, [[maybe_unused]] char** argv) {
#if defined(EMBEDDED)
  return Net::load();
#elif defined(LOADED)
  if (argc != 2) return pome::Error(pome::ErrorCode::kInvalidArgument, "name the model");
  return load_net(argv[1]);
#else
  return Net::load(NET_MODEL_PATH);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto model = load(argc, argv).value();
    const std::vector<std::byte> pixels(224 * 224 * 3, std::byte{128});
    const auto picture =
        pome::Image::from_pixels(pome::PixelFormat::kRgb8, 224, 224, pixels).value();
    const auto output = model.prediction(picture).value();
    std::cout << "labels " << output.classLabelProbs.size() << " of " << Net::kLabels.size()
              << ", first " << Net::to_string(Net::Label{}) << '\n';
  } catch (const pome::Exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
