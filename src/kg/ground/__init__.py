"""The ground floor, shared by the build half and the serve half: records, terms, errors, settings, release reader."""
