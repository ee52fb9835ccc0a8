# cmake --install: libraries, headers, package and pkg-config files.
