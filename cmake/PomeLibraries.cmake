# libpome, libpome_image, libpome_convert out of the layers.
