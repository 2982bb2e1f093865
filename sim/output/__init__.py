"""healthsim: run folders, manifest, atomic writing, verify."""

from sim.output.folder import new_folder

__all__ = ["new_folder"]
