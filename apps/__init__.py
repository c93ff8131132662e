"""The example applications: each a package of a few dozen lines, with its pages in ``templates/<name>/``."""
