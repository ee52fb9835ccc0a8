// What is in the picture? Usage: classify CatDog.mlmodel photo.jpg
#include <pome/image.h>
#include <pome/model.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: classify MODEL PICTURE\n";
    return 2;
  }
  try {
    auto model = pome::Model::load(argv[1]).value();
    auto photo = pome::Image::open(argv[2]).value();
    auto out = model.predict({{"image", photo}}).value();
    const std::string& label = out["classLabel"].string();
    std::cout << label << ' ' << out["classLabelProbs"].dictionary().at(label) << '\n';
  } catch (const pome::Exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
