// What is in each picture of a folder? Usage: folder CatDog.mlmodel pictures/
#include <pome/image.h>
#include <pome/model.h>

#include <filesystem>
#include <iostream>
#include <set>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: folder MODEL FOLDER\n";
    return 2;
  }
  try {
    const auto model = pome::Model::load(argv[1]).value();
    const auto& input = model.description().inputs.at(0);
    std::set<std::filesystem::path> files;  // sorted
    for (const auto& entry : std::filesystem::directory_iterator(argv[2]))
      if (entry.is_regular_file()) files.insert(entry.path());
    for (const auto& file : files) {
      const auto photo = pome::Image::open(file);
      if (!photo) {
        std::cerr << photo.error().to_string() << '\n';  // not a picture: say so and go on
        continue;
      }
      const auto out = model.predict({{input.name, *photo}}).value();
      const std::string& label = out[model.description().predicted_feature_name].string();
      std::cout << file.filename().string() << "  " << label << '\n';
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
