"""What the site understands, for programs: an OpenAPI 3.1 document that is computed from the site itself."""
