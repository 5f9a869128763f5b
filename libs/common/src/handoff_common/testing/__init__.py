"""What tests share: servers, and a pytest plugin that says which rings ran against what."""
