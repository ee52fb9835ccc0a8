// Libraries are made of object libraries; CMake wants one source of their own.
