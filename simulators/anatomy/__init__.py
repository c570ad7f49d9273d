"""One module a site: anatomy as geometry."""
