// Looks through the camera and says what it sees, until Ctrl-C. Usage: kiosk CatDog.mlmodel [FRAMES
// [/dev/videoN]]
#include <pome/model.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "camera.h"

int main(int argc, char** argv) {
  if (argc < 2 || argc > 4) {
    std::cerr << "usage: kiosk MODEL [FRAMES [/dev/videoN]]\n";
    return 2;
  }
  const long frames = argc > 2 ? std::atol(argv[2]) : 0;  // 0: until Ctrl-C
  try {
    const auto model = pome::Model::load(argv[1]).value();
    const auto& description = model.description();
    auto camera = Camera::open(argc > 3 ? argv[3] : "");
    if (!camera) {
      std::cerr << "no camera: " << Camera::reason() << '\n';
      return 3;
    }
    for (long i = 0; frames == 0 || i < frames; ++i) {
      const auto picture = camera->frame().value();
      const auto start = std::chrono::steady_clock::now();
      const auto out = model.predict({{description.inputs.at(0).name, picture}}).value();
      const std::chrono::duration<double, std::milli> took =
          std::chrono::steady_clock::now() - start;
      const std::string& label = out[description.predicted_feature_name].string();
      std::printf("\r%-30s %5.1f ms ", label.c_str(), took.count());
      std::fflush(stdout);
    }
    std::printf("\n");
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
