"""Loading a release into an engine elsewhere: over HTTP, or as files that it reads by itself."""

from kg.serve.remote.publishing.bulk import BULK_FORMS, write_bulk
from kg.serve.remote.publishing.publisher import Publisher, Target

__all__ = ["BULK_FORMS", "Publisher", "Target", "write_bulk"]
