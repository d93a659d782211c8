"""The engine room: compiled kernels, checks, files and progress. Nobody needs to read it to use hebbnet."""
