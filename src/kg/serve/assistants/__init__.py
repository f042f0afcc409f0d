"""What assistants (language models) can do with the graph: tools of the Model Context Protocol, which only read."""
