"""The pipeline: a model that stays up to date by itself."""
