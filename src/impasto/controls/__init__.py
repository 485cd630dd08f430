"""What steers a painting besides its losses: colors, regions, faces, postprocessing."""
